package postgres

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
)

// appendParam spells a parameter. The server reads it as what the statement wants there.
func appendParam(dst []byte, v *rule.Value) []byte {
	switch v.Type {
	case rule.Int:
		return strconv.AppendInt(dst, v.I, 10)
	case rule.Real:
		return strconv.AppendFloat(dst, v.F, 'g', -1, 64)
	}
	return append(dst, v.S...)
}

// text is the text that a cell holds.
func text(b []byte) []byte { return dialect.PostgresText(b) }

// reading is how a result column is read.
type reading uint8

const (
	asText reading = iota
	asBool
	asInt2
	asInt4
	asInt8
	asFloat4
	asFloat8
	asNumeric // spelled out
)

// Types of the server that are not read as text.
var readingOf = map[uint32]reading{
	16: asBool, 21: asInt2, 23: asInt4, 20: asInt8, 700: asFloat4, 701: asFloat8, 1700: asNumeric,
}

// readings says for every result column how it is sent and how it is read.
func readings(fields []pgconn.FieldDescription) (formats []int16, reads []reading) {
	formats, reads = make([]int16, len(fields)), make([]reading, len(fields))
	for i, f := range fields {
		reads[i] = readingOf[f.DataTypeOID]
		if reads[i] != asText && reads[i] != asNumeric {
			formats[i] = 1 // binary
		}
	}
	return formats, reads
}

func (r reading) isInt() bool { return r >= asBool && r <= asInt8 }

// int reads a boolean or an integer.
func (r reading) int(b []byte) int64 {
	switch r {
	case asBool:
		return int64(b[0])
	case asInt2:
		return int64(int16(binary.BigEndian.Uint16(b)))
	case asInt4:
		return int64(int32(binary.BigEndian.Uint32(b)))
	}
	return bigint(b)
}

func bigint(b []byte) int64 {
	if len(b) != 8 {
		return 0 // NULL
	}
	return int64(binary.BigEndian.Uint64(b))
}

// float reads a number that may have a fraction.
func (r reading) float(b []byte) float64 {
	switch r {
	case asFloat4:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
	case asFloat8:
		return math.Float64frombits(binary.BigEndian.Uint64(b))
	}
	f, _ := strconv.ParseFloat(string(b), 64) // NaN and Infinity have the same names
	return f
}
