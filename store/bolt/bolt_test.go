package bolt_test

import (
	"testing"

	"halxml/store/storetest"
)

func TestContract(t *testing.T) { storetest.Run(t, storetest.Open) }
