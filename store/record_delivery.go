package store

import "halxml/internal/model"

func encodeDelivery(b []byte, r *model.Delivery) []byte {
	b = putText(b, 1, r.Delivered)
	b = putText(b, 2, r.Attempted)
	b = putTime(b, 3, r.At)
	b = putText(b, 4, r.Failed)
	b = putText(b, 5, r.Failure)
	b = putBool(b, 6, r.Stopped)
	return putText(b, 7, r.Live)
}

func decodeDelivery(b []byte, r *model.Delivery) error {
	f := fields{data: b}
	for f.next() {
		switch f.num {
		case 1:
			r.Delivered = f.string()
		case 2:
			r.Attempted = f.string()
		case 3:
			r.At = f.time()
		case 4:
			r.Failed = f.string()
		case 5:
			r.Failure = f.string()
		case 6:
			r.Stopped = f.bool()
		case 7:
			r.Live = f.string()
		}
	}
	return f.err
}
