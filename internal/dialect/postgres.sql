-- What PostgreSQL needs to compare values as SQLite does. Run again, this replaces what is there.
CREATE SCHEMA IF NOT EXISTS holdall;

-- A text of the form of a number; out of range it is infinite or zero, and no error.
CREATE OR REPLACE FUNCTION holdall.double(t text) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  n numeric;
  p text[];
BEGIN
  IF length(t) <= 20 AND t !~ '[eE][-+]?[0-9]{3}' THEN
    RETURN t::double precision;
  END IF;
  t := regexp_replace(t, '^([-+]?)0+([0-9])', '\1\2');
  IF length(t) > 1000 THEN
    p := regexp_match(t, '^([-+]?)([0-9]*)[.]?([0-9]*)(?:[eE]([-+]?[0-9]{1,9}))?');
    t := p[1] || '0.' || left(p[2] || p[3], 400) || 'e' || length(p[2]) + coalesce(p[4]::integer, 0);
  END IF;
  IF t ~ '[eE]-0*[1-9][0-9]{3}' OR t ~ '^[-+]?0*[.]?0*([eE]|$)' THEN
    RETURN 0;
  ELSIF t ~ '[eE][+]?0*[1-9][0-9]{3}' THEN
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
DECLARE
  kind text := json_typeof(j);
BEGIN
  IF kind = 'number' AND length(j::text) <= 15 AND strpos(lower(j::text), 'e') = 0 THEN
    RETURN holdall.number_key(j::text::double precision); -- most are such
  END IF;
  RETURN CASE kind
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
  ELSIF t ~ 'e[+]1[56]$' THEN
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

-- Times are counted as SQLite counts them: in milliseconds since noon of the first Julian day.
CREATE OR REPLACE FUNCTION holdall.julian(y integer, m integer, d integer, h integer, mi integer, s double precision, tz integer) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  a integer;
BEGIN
  IF y IS NULL THEN
    y := 2000; m := 1; d := 1;
  ELSIF y NOT BETWEEN -4713 AND 9999 THEN
    RETURN NULL;
  END IF;
  IF m <= 2 THEN
    y := y - 1; m := m + 12;
  END IF;
  a := (y + 4800) / 100;
  RETURN (36525 * (y + 4716) / 100 + 306001 * (m + 1) / 10000 + d + 38 - a + a / 4)::bigint * 86400000 - 131716800000
    + coalesce(h * 3600000 + mi * 60000 + trunc(s * 1000 + 0.5)::bigint - tz * 60000, 0);
END $$;

-- Year, month and day of a time.
CREATE OR REPLACE FUNCTION holdall.civil(jd bigint) RETURNS integer[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  z integer := (jd + 43200000) / 86400000;
  alpha integer := trunc((z + 32044.75) / 36524.25)::integer - 52;
  b integer := z + 1 + alpha - ((alpha + 100) / 4) + 25 + 1524;
  c integer := trunc((b - 122.1) / 365.25);
  d integer := (36525 * (c & 32767)) / 100;
  e integer := trunc((b - d) / 30.6001);
  m integer := CASE WHEN e < 14 THEN e - 1 ELSE e - 13 END;
BEGIN
  RETURN ARRAY[CASE WHEN m > 2 THEN c - 4716 ELSE c - 4715 END, m, b - d - trunc(30.6001 * e)::integer];
END $$;

-- Hour, minute, second and fraction of a text behind a date, or NULL.
CREATE OR REPLACE FUNCTION holdall.clock(t text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  p text[] := regexp_match(t, '^([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.]([0-9]+))?)?[ \t\n\v\f\r]*(?:([zZ])|([-+])([0-9]{2}):([0-9]{2}))?[ \t\n\v\f\r]*$');
BEGIN
  IF p[1]::integer <= 24 AND p[2]::integer <= 59 AND coalesce(p[3]::integer, 0) <= 59 AND coalesce(p[7]::integer, 0) <= 14 AND coalesce(p[8]::integer, 0) <= 59 THEN
    RETURN p;
  END IF;
  RETURN NULL;
END $$;

-- strftime of SQLite. Local time is UTC.
CREATE OR REPLACE FUNCTION holdall.strftime(fmt text, t text, VARIADIC mods text[] DEFAULT '{}') RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  p text[];
  c text[];
  day integer[];
  y integer; m integer; d integer; -- of the date as written, while it is valid
  h integer; mi integer; s double precision := 0;
  tz integer := 0;
  jd bigint;
  raw double precision; -- a number that may yet be something else than a Julian day
  late integer := 0; -- days that the day of the month is beyond the month's end
  subsec boolean := FALSE;
  utc boolean := FALSE;
  r double precision; n integer; x integer; z text; sign integer; span bigint; week integer; nth integer; to_monday integer;
  part text;
  result text := '';
BEGIN
  IF fmt IS NULL OR t IS NULL THEN
    RETURN NULL;
  ELSIF coalesce(array_length(mods, 1), 0) = 0 AND fmt !~ '%([^YmdHMSF]|$)'
    AND t ~ '^[0-9]{4}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31) ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9][.][0-9]{3}Z$' THEN
    -- Most dates are stored so, and most formats want no more than parts of them.
    RETURN replace(replace(replace(replace(replace(replace(replace(fmt, '%Y', left(t, 4)), '%m', substr(t, 6, 2)), '%d', substr(t, 9, 2)),
      '%H', substr(t, 12, 2)), '%M', substr(t, 15, 2)), '%S', substr(t, 18, 2)), '%F', left(t, 10));
  END IF;
  p := regexp_match(t, '^(-?)([0-9]{4})-([0-9]{2})-([0-9]{2})[ \t\n\v\f\rT]*(.*)$');
  IF p IS NOT NULL AND p[3]::integer BETWEEN 1 AND 12 AND p[4]::integer BETWEEN 1 AND 31 THEN
    y := (p[1] || p[2])::integer; m := p[3]; d := p[4]; late := holdall.late(y, m, d);
    IF p[5] <> '' THEN
      c := holdall.clock(p[5]);
      IF c IS NULL THEN
        RETURN NULL;
      END IF;
    END IF;
  ELSE
    c := holdall.clock(t);
  END IF;
  IF c IS NOT NULL THEN
    h := c[1]; mi := c[2]; s := coalesce(c[3]::double precision, 0) + least(0.999, coalesce(('0.' || left(c[4], 30))::double precision, 0));
    utc := c[5] IS NOT NULL OR c[6] IS NOT NULL;
    tz := coalesce((c[6] || '1')::integer * (c[7]::integer * 60 + c[8]::integer), 0);
  END IF;
  IF y IS NOT NULL OR h IS NOT NULL THEN
    jd := holdall.julian(y, m, d, h, mi, s, tz);
    IF tz <> 0 THEN
      y := NULL; h := NULL;
    END IF;
  ELSIF lower(t) IN ('now', 'subsec', 'subsecond') THEN
    jd := trunc(extract(epoch FROM statement_timestamp()) * 1000)::bigint + 210866760000000;
    subsec := lower(t) <> 'now'; utc := TRUE;
  ELSE
    raw := holdall.number(t);
    IF raw IS NULL THEN
      RETURN NULL;
    ELSIF raw >= 0 AND raw < 5373484.5 THEN
      jd := trunc(raw * 86400000.0 + 0.5);
    END IF;
  END IF;

  FOR i IN 1 .. coalesce(array_length(mods, 1), 0) LOOP
    z := lower(mods[i]);
    IF z IS NULL THEN
      RETURN NULL;
    ELSIF z = 'auto' THEN
      IF i > 1 THEN
        RETURN NULL;
      ELSIF jd IS NULL AND raw BETWEEN -210866760000 AND 253402300799 THEN
        jd := trunc(raw * 1000.0 + 210866760000000.0 + 0.5);
      END IF;
      raw := NULL;
    ELSIF z = 'julianday' THEN
      IF i > 1 OR jd IS NULL OR raw IS NULL THEN
        RETURN NULL;
      END IF;
      raw := NULL;
    ELSIF z = 'unixepoch' THEN
      r := raw * 1000.0 + 210866760000000.0;
      IF i > 1 OR r IS NULL OR r < 0 OR r >= 464269060800000.0 THEN
        RETURN NULL;
      END IF;
      jd := trunc(r + 0.5); raw := NULL;
    ELSIF z IN ('subsec', 'subsecond') THEN
      subsec := TRUE;
    ELSIF jd IS NULL THEN
      RETURN NULL;
    ELSIF z = 'utc' AND utc THEN
      raw := NULL;
    ELSIF z IN ('ceiling', 'floor', 'utc', 'localtime') THEN
      IF z = 'utc' AND jd NOT BETWEEN 0 AND 464269060799999 THEN
        RETURN NULL;
      ELSIF z = 'floor' THEN
        jd := jd - late * 86400000::bigint;
      ELSIF z = 'ceiling' THEN
        late := 0;
      ELSE
        utc := z = 'utc'; subsec := subsec AND NOT utc;
      END IF;
      y := NULL; h := NULL; raw := NULL;
    ELSIF y IS NULL AND jd NOT BETWEEN 0 AND 464269060799999 AND z ~ '^(start|weekday|[-+][0-9]{4,5}-|.*(month|year))' THEN
      RETURN NULL;
    ELSIF z IN ('start of day', 'start of month', 'start of year') THEN
      IF y IS NULL THEN
        day := holdall.civil(jd); y := day[1]; m := day[2]; d := day[3];
      END IF;
      h := 0; mi := 0; s := 0; raw := NULL;
      IF z <> 'start of day' THEN
        d := 1;
      END IF;
      IF z = 'start of year' THEN
        m := 1;
      END IF;
      jd := holdall.julian(y, m, d, h, mi, s, 0);
    ELSIF z LIKE 'weekday %' THEN
      r := holdall.number(substr(z, 9));
      IF r IS NULL OR r < 0 OR r >= 7 OR r <> trunc(r) THEN
        RETURN NULL;
      END IF;
      x := (jd + 129600000) / 86400000 % 7;
      IF x > r THEN
        x := x - 7;
      END IF;
      jd := jd + (r::integer - x) * 86400000::bigint; y := NULL; h := NULL; raw := NULL;
    ELSIF z ~ '^[-+][0-9]{4,5}-' THEN
      p := regexp_match(z, '^([-+])([0-9]{4,5})-([0-9]{2})-([0-9]{2})(?:[ \t\n\v\f\r]([0-9]{2}:[0-9]{2}.*))?$');
      IF p IS NULL OR p[2]::integer > 14712 OR p[3]::integer >= 12 OR p[4]::integer >= 31 THEN
        RETURN NULL;
      END IF;
      span := 0;
      IF p[5] IS NOT NULL THEN
        c := holdall.clock(p[5]);
        IF c IS NULL THEN
          RETURN NULL;
        END IF;
        span := (c[1]::integer * 60 + c[2]::integer) * 60000::bigint
          + trunc((coalesce(c[3]::double precision, 0) + least(0.999, coalesce(('0.' || left(c[4], 30))::double precision, 0))) * 1000 + 0.5)::bigint;
      END IF;
      sign := (p[1] || '1')::integer;
      IF y IS NULL THEN
        day := holdall.civil(jd); y := day[1]; m := day[2]; d := day[3];
      END IF;
      r := (jd + 43200000) % 86400000;
      m := m + sign * p[3]::integer;
      x := CASE WHEN m > 0 THEN (m - 1) / 12 ELSE (m - 12) / 12 END;
      y := y + sign * p[2]::integer + x; m := m - x * 12;
      late := holdall.late(y, m, d);
      jd := holdall.julian(y, m, d, h, mi, s, 0) + CASE WHEN h IS NULL THEN r::bigint ELSE 0 END + sign * (p[4]::integer * 86400000::bigint + span % 86400000);
      y := NULL; h := NULL; raw := NULL;
    ELSIF z ~ '^[-+]?[0-9]{2}:' THEN
      c := holdall.clock(ltrim(z, '-+'));
      IF c IS NULL THEN
        RETURN NULL;
      END IF;
      span := (c[1]::integer * 60 + c[2]::integer - coalesce((c[6] || '1')::integer * (c[7]::integer * 60 + c[8]::integer), 0)) * 60000::bigint
        + trunc((coalesce(c[3]::double precision, 0) + least(0.999, coalesce(('0.' || left(c[4], 30))::double precision, 0))) * 1000 + 0.5)::bigint;
      span := (span + 86400000) % 86400000;
      jd := jd + CASE WHEN z LIKE '-%' THEN -span ELSE span END; y := NULL; h := NULL; raw := NULL;
    ELSE
      p := regexp_match(z, '^([-+]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:e[-+]?[0-9]+)?)[ \t\n\v\f\r]+(second|minute|hour|day|month|year)s?$');
      r := holdall.double(p[1]);
      n := array_position(ARRAY['second', 'minute', 'hour', 'day', 'month', 'year'], p[2]);
      IF p IS NULL OR abs(r) >= (ARRAY[4.6427e+14, 7.7379e+12, 1.2897e+11, 5373485, 176546, 14713])[n] THEN
        RETURN NULL;
      END IF;
      sign := CASE WHEN r < 0 THEN -1 ELSE 1 END;
      late := 0;
      IF n >= 5 THEN
        IF y IS NULL THEN
          day := holdall.civil(jd); y := day[1]; m := day[2]; d := day[3];
        END IF;
        span := (jd + 43200000) % 86400000;
        IF n = 5 THEN
          m := m + trunc(r)::integer;
          x := CASE WHEN m > 0 THEN (m - 1) / 12 ELSE (m - 12) / 12 END;
          y := y + x; m := m - x * 12;
        ELSE
          y := y + trunc(r)::integer;
        END IF;
        late := holdall.late(y, m, d);
        r := r - trunc(r);
        jd := holdall.julian(y, m, d, h, mi, s, 0) + CASE WHEN h IS NULL THEN span ELSE 0 END;
      END IF;
      jd := jd + trunc(r * 1000.0 * (ARRAY[1.0, 60.0, 3600.0, 86400.0, 2592000.0, 31536000.0])[n]::double precision + sign * 0.5)::bigint;
      y := NULL; h := NULL; raw := NULL;
    END IF;
    tz := 0;
  END LOOP;

  IF jd IS NULL OR jd < 0 OR jd > 464269060799999 THEN
    RETURN NULL;
  END IF;
  IF y IS NULL OR d > 28 AND coalesce(array_length(mods, 1), 0) = 0 THEN
    day := holdall.civil(jd); y := day[1]; m := day[2]; d := day[3];
  END IF;
  IF h IS NULL THEN
    span := (jd + 43200000) % 86400000;
    h := span / 3600000; mi := span / 60000 % 60; s := (span % 60000) / 1000.0;
  END IF;
  week := (jd + 129600000) / 86400000 % 7;
  to_monday := (jd + 43200000) / 86400000 % 7;
  nth := (jd - holdall.julian(y, 1, 1, h, mi, s, 0) + 43200000) / 86400000;
  FOREACH part IN ARRAY ARRAY(SELECT q[1] FROM regexp_matches(fmt, '[^%]+|%(?:.|\n)?', 'g') AS q) LOOP
    z := CASE
      WHEN left(part, 1) <> '%' THEN part
      ELSE CASE substr(part, 2)
        WHEN 'Y' THEN holdall.padded(y, 4)
        WHEN 'm' THEN holdall.padded(m, 2)
        WHEN 'd' THEN holdall.padded(d, 2)
        WHEN 'H' THEN holdall.padded(h, 2)
        WHEN 'M' THEN holdall.padded(mi, 2)
        WHEN 'S' THEN holdall.padded(trunc(s)::integer, 2)
        WHEN 'f' THEN to_char(least(s, 59.999), 'FM00.000')
        WHEN 'F' THEN holdall.padded(y, 4) || '-' || holdall.padded(m, 2) || '-' || holdall.padded(d, 2)
        WHEN 'T' THEN holdall.padded(h, 2) || ':' || holdall.padded(mi, 2) || ':' || holdall.padded(trunc(s)::integer, 2)
        WHEN 'R' THEN holdall.padded(h, 2) || ':' || holdall.padded(mi, 2)
        WHEN 'e' THEN lpad(d::text, 2)
        WHEN 'k' THEN lpad(h::text, 2)
        WHEN 'I' THEN holdall.padded(CASE WHEN h > 12 THEN h - 12 WHEN h = 0 THEN 12 ELSE h END, 2)
        WHEN 'l' THEN lpad((CASE WHEN h > 12 THEN h - 12 WHEN h = 0 THEN 12 ELSE h END)::text, 2)
        WHEN 'p' THEN CASE WHEN h >= 12 THEN 'PM' ELSE 'AM' END
        WHEN 'P' THEN CASE WHEN h >= 12 THEN 'pm' ELSE 'am' END
        WHEN 'j' THEN holdall.padded(nth + 1, 3)
        WHEN 'w' THEN week::text
        WHEN 'u' THEN (CASE WHEN week = 0 THEN 7 ELSE week END)::text
        WHEN 'U' THEN holdall.padded((nth - week + 7) / 7, 2)
        WHEN 'W' THEN holdall.padded((nth - to_monday + 7) / 7, 2)
        WHEN 'V' THEN holdall.padded(holdall.iso_week(jd + (3 - to_monday) * 86400000::bigint), 2)
        WHEN 'G' THEN holdall.padded((holdall.civil(jd + (3 - to_monday) * 86400000::bigint))[1], 4)
        WHEN 'g' THEN holdall.padded((holdall.civil(jd + (3 - to_monday) * 86400000::bigint))[1] % 100, 2)
        WHEN 's' THEN CASE WHEN subsec THEN to_char((jd - 210866760000000) / 1000.0, 'FM9999999999990.000') ELSE (jd / 1000 - 210866760000)::text END
        WHEN 'J' THEN holdall.julian_text(jd / 86400000.0::double precision)
        WHEN '%' THEN '%'
      END
    END;
    IF z IS NULL THEN
      RETURN NULL;
    END IF;
    result := result || z;
  END LOOP;
  RETURN result;
END $$;

-- A number with leading zeros.
CREATE OR REPLACE FUNCTION holdall.padded(n integer, width integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN n < 0 THEN '-' || lpad((-n)::text, greatest(width - 1, length((-n)::text)), '0') ELSE lpad(n::text, greatest(width, length(n::text)), '0') END
$$;

-- How many days a day of the month is beyond the month's end.
CREATE OR REPLACE FUNCTION holdall.late(y integer, m integer, d integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT greatest(0, d - CASE
    WHEN m IN (1, 3, 5, 7, 8, 10, 12) THEN 31
    WHEN m <> 2 THEN 30
    WHEN y % 4 <> 0 OR y % 100 = 0 AND y % 400 <> 0 THEN 28
    ELSE 29
  END)
$$;

-- The week of the year that a Thursday lies in.
CREATE OR REPLACE FUNCTION holdall.iso_week(jd bigint) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (((jd + 43200000) / 86400000 - (holdall.julian((holdall.civil(jd))[1], 1, 1, NULL, NULL, NULL, NULL) + 43200000) / 86400000) / 7 + 1)::integer
$$;

-- A Julian day with 16 digits.
CREATE OR REPLACE FUNCTION holdall.julian_text(x double precision) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT rtrim(rtrim(trim(to_char(round(x::text::numeric, 16 - length(trunc(x)::text)), 'FM9999999990.999999999999999')), '0'), '.')
$$;
