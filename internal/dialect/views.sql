
-- What queries of views call, which are written in SQLite's words. The engine looks for functions and operators
-- here after it has looked everywhere else.

-- JSON text of a text: itself when it is some, else a JSON string.
CREATE OR REPLACE FUNCTION holdall.json_or_text(t text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  PERFORM t::jsonb;
  RETURN t;
EXCEPTION WHEN others THEN
  RETURN to_json(t)::text;
END $$;

CREATE OR REPLACE FUNCTION holdall.json_extract(t text, path text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  j json := t;
  step text[];
BEGIN
  FOR step IN SELECT regexp_matches(path, '[.](?:"([^"]*)"|([^.\[]+))|\[([0-9]+)\]', 'g') LOOP
    IF step[3] IS NULL THEN
      j := j -> coalesce(step[1], step[2]);
    ELSE
      j := j -> step[3]::integer;
    END IF;
  END LOOP;
  RETURN holdall.json_text(j);
END $$;

CREATE OR REPLACE FUNCTION holdall.json_array_length(t text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE json_typeof(t::json) WHEN 'array' THEN pg_catalog.json_array_length(t::json) ELSE 0 END
$$;

CREATE OR REPLACE FUNCTION holdall.json_each(t text, OUT key text, OUT value text, OUT type text) RETURNS SETOF record
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  CASE json_typeof(t::json)
    WHEN 'array' THEN
      RETURN QUERY SELECT (n - 1)::text, holdall.json_text(e), json_typeof(e) FROM json_array_elements(t::json) WITH ORDINALITY AS a (e, n);
    WHEN 'object' THEN
      RETURN QUERY SELECT o.key, holdall.json_text(o.value), json_typeof(o.value) FROM pg_catalog.json_each(t::json) AS o;
    ELSE
      RETURN QUERY SELECT NULL::text, holdall.json_text(t::json), json_typeof(t::json);
  END CASE;
END $$;

CREATE OR REPLACE FUNCTION holdall.iif(condition boolean, a anyelement, b anyelement) RETURNS anyelement
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN condition THEN a ELSE b END $$;

CREATE OR REPLACE FUNCTION holdall.iif(condition boolean, a text, b text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN condition THEN a ELSE b END $$;

CREATE OR REPLACE FUNCTION holdall.round(x double precision, digits integer) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pg_catalog.round(x::numeric, digits)::double precision $$;

CREATE OR REPLACE FUNCTION holdall.date(t text, VARIADIC mods text[] DEFAULT '{}') RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT holdall.strftime('%F', t, VARIADIC mods) $$;

CREATE OR REPLACE FUNCTION holdall.datetime(t text, VARIADIC mods text[] DEFAULT '{}') RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT holdall.strftime('%F %T', t, VARIADIC mods) $$;

CREATE OR REPLACE FUNCTION holdall.unixepoch(t text, VARIADIC mods text[] DEFAULT '{}') RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT holdall.strftime('%s', t, VARIADIC mods)::bigint $$;

CREATE OR REPLACE FUNCTION holdall.julianday(t text, VARIADIC mods text[] DEFAULT '{}') RETURNS double precision
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT holdall.strftime('%J', t, VARIADIC mods)::double precision $$;

CREATE OR REPLACE FUNCTION holdall.joined(sum text, x anyelement, between_them text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN x IS NULL THEN sum WHEN sum IS NULL THEN x::text ELSE sum || between_them || x::text END
$$;

CREATE OR REPLACE FUNCTION holdall.joined_by_comma(sum text, x anyelement) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT holdall.joined(sum, x, ',') $$;

CREATE OR REPLACE AGGREGATE holdall.group_concat(anyelement) (SFUNC = holdall.joined_by_comma, STYPE = text);
CREATE OR REPLACE AGGREGATE holdall.group_concat(anyelement, text) (SFUNC = holdall.joined, STYPE = text);

CREATE OR REPLACE FUNCTION holdall.counted(sum bigint, x boolean) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN x IS NULL THEN sum ELSE coalesce(sum, 0) + x::integer END $$;

CREATE OR REPLACE AGGREGATE holdall.sum(boolean) (SFUNC = holdall.counted, STYPE = bigint);

CREATE OR REPLACE FUNCTION holdall.is_bit(b boolean, n integer) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT b::integer = n $$;

CREATE OR REPLACE FUNCTION holdall.is_no_bit(b boolean, n integer) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT b::integer <> n $$;

DO $$
BEGIN
  IF to_regoperator('holdall.=(boolean,integer)') IS NULL THEN
    CREATE OPERATOR holdall.= (LEFTARG = boolean, RIGHTARG = integer, FUNCTION = holdall.is_bit);
    CREATE OPERATOR holdall.<> (LEFTARG = boolean, RIGHTARG = integer, FUNCTION = holdall.is_no_bit);
  END IF;
END $$;
