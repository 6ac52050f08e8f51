package intake

// Readings are what four configurations of the same servers say, all read alike:
// those to adopt first and in the same order, then their partners.
type Readings struct {
	// Base is what was last delivered, or Kept where nobody knows that.
	Base *Intake
	// Now is what the servers have.
	Now *Intake
	// Kept is what would be delivered now, and Made the same without the
	// statements that are kept in the servers' own language.
	Kept, Made *Intake
}

// Block is the statements of one place, as a server's readings have them.
type Block struct{ Base, Now, Kept, Made Statements }

// Own are the statements of the place that are kept as such.
func (b Block) Own() Statements { return Subtract(b.Kept, b.Made) }

// Edit is what was done to the place and is not there yet.
func (b Block) Edit() Edit {
	return Edit{
		Gone: Subtract(Subtract(b.Base, b.Now), Subtract(b.Base, b.Kept)),
		Came: Subtract(Subtract(b.Now, b.Base), Subtract(b.Kept, b.Base)),
	}
}

// Moved reports whether nothing was done but to change the order.
func (b Block) Moved() bool {
	if len(b.Base) != len(b.Now) {
		return false
	}
	for i := range b.Base {
		if b.Base[i].Text != b.Now[i].Text {
			return len(Subtract(b.Base, b.Now)) == 0
		}
	}
	return false
}
