package provider

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// AppleKey is what Apple gives a developer to sign client secrets with.
type AppleKey struct {
	ClientID, TeamID, KeyID string
	PEM                     string
}

// Secret signs a client secret that lives for the given time. Apple lets none live for more than six months.
func (k AppleKey) Secret(now time.Time, life time.Duration) (string, error) {
	key, err := k.parse()
	if err != nil {
		return "", err
	}
	opts := (&jose.SignerOptions{}).WithHeader("kid", k.KeyID)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, opts)
	if err != nil {
		return "", err
	}
	claims, err := json.Marshal(map[string]any{
		"iss": k.TeamID, "sub": k.ClientID, "aud": []string{appleIssuer}, "iat": now.Unix(), "exp": now.Add(life).Unix(),
	})
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(claims)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

func (k AppleKey) parse() (*ecdsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(k.PEM))
	if block == nil {
		return nil, errors.New("the key is not in PEM form")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, errors.New("the key is not one of the curve P-256")
	}
	return key, nil
}
