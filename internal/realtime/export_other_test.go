//go:build !linux

package realtime

func breakRing(sender) {}
