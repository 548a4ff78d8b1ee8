-- What PostgreSQL needs to compare values as SQLite does. Run again, this replaces what is there.
CREATE SCHEMA IF NOT EXISTS holdall;

-- A text of the form of a number; out of range it is infinite or zero, and no error.
CREATE OR REPLACE FUNCTION holdall.double(t text) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  n numeric;
BEGIN
  IF length(t) <= 20 AND t !~ '[eE][-+]?[0-9]{3}' THEN
    RETURN t::double precision;
  END IF;
  t := regexp_replace(t, '^([-+]?)0+([0-9])', '\1\2');
  IF t ~ '[eE]-0*[0-9]{4}' OR t ~ '^[-+]?0*[.]?0*([eE]|$)' THEN
    RETURN 0;
  ELSIF length(t) > 1000 OR t ~ '[eE][+]?0*[1-9][0-9]{3}' THEN
    RETURN CASE WHEN t LIKE '-%' THEN '-Infinity' ELSE 'Infinity' END;
  END IF;
  n := t::numeric;
  IF abs(n) > 1.7976931348623157e308 THEN
    RETURN CASE WHEN n < 0 THEN '-Infinity' ELSE 'Infinity' END;
  ELSIF abs(n) < 2.3e-308 THEN
    RETURN 0;
  END IF;
  RETURN n::double precision;
END $$;

-- The number that a text looks like, or NULL.
CREATE OR REPLACE FUNCTION holdall.number(t text) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  IF t ~ '^[ \t\n\v\f\r]*[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?[ \t\n\v\f\r]*$' THEN
    RETURN holdall.double(btrim(t, E' \t\n\v\f\r'));
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION holdall.number_key(x double precision) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN x >= 0 THEN '1' || encode(float8send(x + 0), 'hex') || 'm'
    WHEN x < 0 THEN '0' || translate(encode(float8send(x), 'hex'), '0123456789abcdef', 'fedcba9876543210') || 'm'
  END
$$;

-- The key of a text of the form of a number. An integer is more than the double next to it.
CREATE OR REPLACE FUNCTION holdall.digits_key(t text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  k text;
  x double precision;
  d bigint;
BEGIN
  IF length(t) <= 15 OR t !~ '^[-+]?[0-9]+$' OR t::numeric NOT BETWEEN -9223372036854775808 AND 9223372036854775807 THEN
    RETURN holdall.number_key(holdall.double(t));
  END IF;
  x := holdall.double(t);
  IF x >= 9223372036854775807 THEN
    d := t::bigint - 9223372036854775807 - 1;
  ELSE
    d := t::bigint - x::bigint;
  END IF;
  k := holdall.number_key(x);
  RETURN CASE
    WHEN d < 0 THEN rtrim(k, 'm') || 'a' || lpad((10000 + d)::text, 5, '0')
    WHEN d > 0 THEN rtrim(k, 'm') || 'z' || lpad(d::text, 5, '0')
    ELSE k
  END;
END $$;

-- The key of a text, which is a number when it looks like one.
CREATE OR REPLACE FUNCTION holdall.numeric_key(t text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  IF t ~ '^[ \t\n\v\f\r]*[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?[ \t\n\v\f\r]*$' THEN
    RETURN holdall.digits_key(btrim(t, E' \t\n\v\f\r'));
  END IF;
  RETURN '2' || t;
END $$;

-- JSON text without the blanks between its parts.
CREATE OR REPLACE FUNCTION holdall.compact(t text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN t ~ '[ \t\r\n]' THEN regexp_replace(t, '("(?:\\.|[^"\\])*")|[ \t\r\n]+', '\1', 'g') ELSE t END
$$;

CREATE OR REPLACE FUNCTION holdall.json_key(j json) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  RETURN CASE json_typeof(j)
    WHEN 'string' THEN '2' || (j #>> '{}')
    WHEN 'number' THEN holdall.digits_key(btrim(j::text, E' \t\r\n'))
    WHEN 'boolean' THEN holdall.number_key((j::text LIKE '%true%')::integer)
    WHEN 'null' THEN NULL
    ELSE '2' || holdall.compact(j::text)
  END;
END $$;

CREATE OR REPLACE FUNCTION holdall.json_numeric_key(j json) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  IF json_typeof(j) = 'string' THEN
    RETURN holdall.numeric_key(j #>> '{}');
  END IF;
  RETURN holdall.json_key(j);
END $$;

CREATE OR REPLACE FUNCTION holdall.json_number(j json) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  RETURN CASE json_typeof(j)
    WHEN 'string' THEN holdall.number(j #>> '{}')
    WHEN 'number' THEN holdall.double(btrim(j::text, E' \t\r\n'))
    WHEN 'boolean' THEN (j::text LIKE '%true%')::integer
  END;
END $$;

-- A number that is no integer, always with a point.
CREATE OR REPLACE FUNCTION holdall.real_text(x double precision) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  t text := x::text;
BEGIN
  IF x = 0 THEN
    RETURN '0.0';
  ELSIF t LIKE '%Infinity' THEN
    RETURN replace(t, 'inity', '');
  ELSIF t ~ 'e[+]1[567]$' THEN
    t := t::numeric::text;
  END IF;
  IF strpos(t, '.') > 0 THEN
    RETURN t;
  ELSIF strpos(t, 'e') > 0 THEN
    RETURN replace(t, 'e', '.0e');
  END IF;
  RETURN t || '.0';
END $$;

CREATE OR REPLACE FUNCTION holdall.number_text(x double precision) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  IF x = trunc(x) AND abs(x) < 9.2e18 THEN
    RETURN x::bigint::text;
  END IF;
  RETURN holdall.real_text(x);
END $$;

CREATE OR REPLACE FUNCTION holdall.digits_text(t text, whole boolean) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  IF t ~ '^[-+]?[0-9]+$' AND t::numeric BETWEEN -9223372036854775808 AND 9223372036854775807 THEN
    RETURN t::bigint::text;
  ELSIF whole THEN
    RETURN holdall.number_text(holdall.double(t));
  END IF;
  RETURN holdall.real_text(holdall.double(t));
END $$;

CREATE OR REPLACE FUNCTION holdall.json_spelled(j json, whole boolean) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  RETURN CASE json_typeof(j)
    WHEN 'string' THEN j #>> '{}'
    WHEN 'number' THEN holdall.digits_text(btrim(j::text, E' \t\r\n'), whole)
    WHEN 'boolean' THEN (j::text LIKE '%true%')::integer::text
    WHEN 'null' THEN NULL
    ELSE holdall.compact(j::text)
  END;
END $$;

CREATE OR REPLACE FUNCTION holdall.json_text(j json) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT holdall.json_spelled(j, FALSE) $$;

CREATE OR REPLACE FUNCTION holdall.json_whole_text(j json) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT holdall.json_spelled(j, TRUE) $$;

-- JSON text of a list; of anything else a list of it.
CREATE OR REPLACE FUNCTION holdall.list(t text) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN t ~ '^[ \t\r\n]*\[' THEN t::json ELSE json_build_array(t) END
$$;

-- Kilometres along the great circle between two points.
CREATE OR REPLACE FUNCTION holdall.distance(lon_a double precision, lat_a double precision, lon_b double precision, lat_b double precision) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  IF NOT greatest(abs(lon_a), abs(lat_a), abs(lon_b), abs(lat_b)) < 'Infinity' THEN
    RETURN NULL;
  END IF;
  RETURN 6371 * acos(greatest(-1, least(1, cos(radians(lat_a)) * cos(radians(lat_b)) * cos(radians(lon_b) - radians(lon_a))
    + sin(radians(lat_a)) * sin(radians(lat_b)))));
END $$;
