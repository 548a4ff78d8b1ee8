package field

import (
	"encoding/json"

	"github.com/holdall-dev/holdall/fault"
)

// GeoPoint is a longitude and a latitude in degrees.
type GeoPoint struct{ props }

// Type returns "geoPoint".
func (f *GeoPoint) Type() string { return "geoPoint" }

// Kind returns KindGeo.
func (f *GeoPoint) Kind() Kind { return KindGeo }

// Zero returns the point 0, 0.
func (f *GeoPoint) Zero() any { return Geo{} }

// Clean reads an object with lon and lat, or its JSON text; everything else is 0, 0.
func (f *GeoPoint) Clean(in any) (any, error) {
	switch v := in.(type) {
	case Geo:
		return v, nil
	case map[string]any:
		return geoOf(v), nil
	case string:
		return ParseGeo([]byte(v)), nil
	case JSON:
		return ParseGeo([]byte(v)), nil
	}
	return Geo{}, nil
}

// ParseGeo reads the JSON text of a point; what is none reads as 0, 0.
func ParseGeo(text []byte) Geo {
	var m map[string]any
	if json.Unmarshal(text, &m) != nil {
		return Geo{}
	}
	return geoOf(m)
}

func geoOf(m map[string]any) Geo { return Geo{Lon: toNumber(m["lon"]), Lat: toNumber(m["lat"])} }

// Check judges the bounds of both angles.
func (f *GeoPoint) Check(v any) error {
	p, _ := v.(Geo)
	switch {
	case p == Geo{}:
		return blank(f.Required)
	case !(p.Lat >= -90 && p.Lat <= 90):
		return fault.Field("validation_invalid_latitude", "Latitude must be between -90 and 90 degrees.")
	case !(p.Lon >= -180 && p.Lon <= 180):
		return fault.Field("validation_invalid_longitude", "Longitude must be between -180 and 180 degrees.")
	}
	return nil
}

// Sane judges the definition.
func (f *GeoPoint) Sane(World) error {
	fs := fault.Fields{}
	saneBase(&f.props, fs)
	return fs.Err()
}
