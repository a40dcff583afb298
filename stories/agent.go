package stories

func (t *teller) agent() {}
