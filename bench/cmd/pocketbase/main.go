// Command pocketbase is a PocketBase with its default configuration, the neighbour that Holdall is compared with.
package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
)

func main() {
	if err := pocketbase.New().Start(); err != nil {
		log.Fatal(err)
	}
}
