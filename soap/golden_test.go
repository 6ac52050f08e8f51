package soap_test

import (
	"testing"

	"halxml/internal/api/apitest"
)

func TestGoldenMessages(t *testing.T) { apitest.Golden(t, "testdata/*.txt", nil) }
