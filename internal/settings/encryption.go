package settings

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
)

// keySize is the length of an encryption key in bytes.
const keySize = 32

// sealer encrypts settings at rest: base64 of a 12 byte nonce and the AES-256-GCM text (operations.md §1.5).
type sealer struct{ aead cipher.AEAD }

func newSealer(key string) (*sealer, error) {
	if len(key) != keySize {
		return nil, fmt.Errorf("the encryption key has %d bytes instead of %d", len(key), keySize)
	}
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &sealer{aead}, nil
}

func (s *sealer) close(plain []byte) []byte {
	nonce := make([]byte, s.aead.NonceSize())
	rand.Read(nonce)
	text := s.aead.Seal(nonce, nonce, plain, nil)
	return base64.StdEncoding.AppendEncode(nil, text)
}

func (s *sealer) open(sealed []byte) ([]byte, error) {
	text, err := base64.StdEncoding.AppendDecode(nil, sealed)
	if err != nil {
		return nil, err
	}
	n := s.aead.NonceSize()
	if len(text) < n {
		return nil, errors.New("the text is too short")
	}
	return s.aead.Open(nil, text[:n], text[n:], nil)
}

var errSealed = errors.New("the settings are neither JSON nor encrypted with the given key; was the encryption key left out?")

// plain is the JSON of stored settings, encrypted or not.
func (s *Service) plain(raw []byte) ([]byte, error) {
	raw = bytes.TrimSpace(raw)
	var text string
	if json.Unmarshal(raw, &text) == nil {
		raw = []byte(text) // kept as a JSON text
	}
	if json.Valid(raw) {
		return raw, nil
	}
	if s.seal == nil {
		return nil, errSealed
	}
	plain, err := s.seal.open(raw)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", errSealed, err)
	}
	return plain, nil
}
