// Package arch holds no code: its tests keep the arrows between packages pointing one way.
package arch
