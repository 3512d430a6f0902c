package models_test

import (
	"testing"

	"github.com/synodlab/synod/core/explore/models"
)

func TestTheRegisterHasTheStatesThatStaterightFinds(t *testing.T) {
	counts{16668, 32971, 21, -1}.require(t, &models.Register{Clients: 2})
}
