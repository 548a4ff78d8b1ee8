//go:build !linux

package realtime

func newSender() sender { return oneByOne{} }
