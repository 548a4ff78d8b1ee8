// Package imports holds the proof that a directory written by a real PocketBase becomes one of Holdall's, with
// everything in it, or nothing happens. It consists of tests.
package imports
