package realtime

// OneByOne makes the broker write as it does where the kernel has no ring. It is called before Start.
func (b *Broker) OneByOne() { b.crew.sender = func() sender { return oneByOne{} } }

// BreakRings makes the broker's rings fail at the first write. It is called before Start.
func (b *Broker) BreakRings() {
	b.crew.sender = func() sender {
		s := newSender()
		breakRing(s)
		return s
	}
}
