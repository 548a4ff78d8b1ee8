package field_test

import (
	"math"
	"testing"

	"github.com/holdall-dev/holdall/field"
)

func TestGeoClean(t *testing.T) {
	t.Parallel()
	sofia := field.Geo{Lon: 23.32, Lat: 42.69}
	testClean(t, define(t, "geoPoint", ""), []cleaned{
		{sofia, sofia},
		{map[string]any{"lon": 23.32, "lat": 42.69}, sofia},
		{map[string]any{"lon": 23.32, "lat": 42.69, "alt": 1.0}, sofia},
		{map[string]any{"lat": 42.69}, field.Geo{Lat: 42.69}},
		{map[string]any{"LON": 23.32, "Lat": 42.69}, field.Geo{}},
		{map[string]any{"lon": nil, "lat": "x"}, field.Geo{}},
		{`{"lon":23.32,"lat":42.69}`, sofia},
		{`{"lon":23.32`, field.Geo{}},
		{`[23.32,42.69]`, field.Geo{}},
		{"", field.Geo{}}, {nil, field.Geo{}}, {map[string]any{}, field.Geo{}}, {[]any{23.32, 42.69}, field.Geo{}}, {5.0, field.Geo{}},
	})
}

func TestGeoCheck(t *testing.T) {
	t.Parallel()
	testCheck(t, "geoPoint", []checked{
		{``, field.Geo{}, ""},
		{`"required":true`, field.Geo{}, "validation_required"},
		{`"required":true`, field.Geo{Lat: 1}, ""},
		{``, field.Geo{Lon: 180, Lat: 90}, ""},
		{``, field.Geo{Lon: -180, Lat: -90}, ""},
		{``, field.Geo{Lat: 90.1}, "validation_invalid_latitude"},
		{``, field.Geo{Lat: -90.1}, "validation_invalid_latitude"},
		{``, field.Geo{Lon: 180.1}, "validation_invalid_longitude"},
		{``, field.Geo{Lon: -180.1}, "validation_invalid_longitude"},
		{``, field.Geo{Lon: math.NaN()}, "validation_invalid_longitude"},
		{``, field.Geo{Lat: math.Inf(1)}, "validation_invalid_latitude"},
	})
}

func TestGeoColumnAndJSON(t *testing.T) {
	t.Parallel()
	f := define(t, "geoPoint", "")
	testColumn(t, f, `{"lon":1,"lat":2}`, field.Geo{Lon: 1, Lat: 2})
	testColumn(t, f, `bad`, field.Geo{})
	testColumn(t, f, ``, field.Geo{})
	testJSON(t, field.Geo{Lon: 23.5, Lat: -0.1}, `{"lon":23.5,"lat":-0.1}`)
	testJSON(t, field.Geo{}, `{"lon":0,"lat":0}`)
}
