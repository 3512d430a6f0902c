package models_test

import (
	"testing"

	"github.com/synodlab/synod/core/explore/models"
)

func TestTicketsHaveTheStatesThatWereCounted(t *testing.T) {
	counts{194, 457, -1, -1}.require(t, &models.Tickets{Attempts: 1})
	counts{24439, 74509, -1, -1}.require(t, &models.Tickets{Attempts: 2})
}

func TestEachDefectOfTicketsIsFoundInAsFewActionsAsCanBe(t *testing.T) {
	requireShortest(t, 14, &models.Tickets{Attempts: 2, Defect: models.EqualIsGranted})
	requireShortest(t, 15, &models.Tickets{Attempts: 2, Defect: models.TicketIgnored})
	requireShortest(t, 20, &models.Tickets{Attempts: 3, Defect: models.AnySupported})
	requireShortest(t, 11, &models.Tickets{Attempts: 1, Restarts: 1})
}
