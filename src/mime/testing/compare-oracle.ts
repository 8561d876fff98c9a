import type { ImapValue } from './read-imap-list.ts';

/** A BODYSTRUCTURE as the oracle writes it: an object, normalised. */
export function structureOf(value: ImapValue): unknown {
  if (!Array.isArray(value)) throw new Error('not a body');
  return Array.isArray(value[0]) ? multipartOf(value) : singleOf(value);
}

/** An ENVELOPE as the oracle writes it. */
export function envelopeOf(value: ImapValue): unknown {
  if (!Array.isArray(value) || value.length !== 10) throw new Error('not an envelope');
  return value.map(squeeze);
}

/** An answer of the oracle with what its README says is normalised, but is not everywhere: charsets of text parts. */
export function normalizeOracle(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalizeOracle);
  if (typeof value !== 'object' || value === null) return value;
  const out = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === 'envelope' ? squeeze(inner as ImapValue) : normalizeOracle(inner),
    ]),
  );
  if (
    typeof out.type !== 'string' ||
    !out.type.startsWith('text/') ||
    typeof out.params !== 'object' ||
    out.params === null
  )
    return out;
  const params: Record<string, unknown> = { ...out.params };
  if (typeof params.charset === 'string') params.charset = params.charset.toLowerCase();
  if (params.charset === 'us-ascii') delete params.charset;
  return { ...out, params: Object.keys(params).length === 0 ? null : params };
}

function squeeze(value: ImapValue): ImapValue {
  if (typeof value === 'string') return value.replace(/[ \t]+/g, ' ').trim();
  return Array.isArray(value) ? value.map(squeeze) : value;
}

function multipartOf(value: ImapValue[]): unknown {
  const count = value.findIndex((item) => !Array.isArray(item));
  const [subtype, params, disposition, language, location] = value.slice(count);
  return {
    type: `multipart/${lower(subtype)}`,
    params: paramsOf(params, false),
    ...extension(disposition, language, location),
    parts: value.slice(0, count).map(structureOf),
  };
}

function singleOf(value: ImapValue[]): unknown {
  const [type, subtype, params, id, description, encoding, octets, ...rest] = value;
  const name = `${lower(type)}/${lower(subtype)}`;
  const out: Record<string, unknown> = {
    type: name,
    params: paramsOf(params, lower(type) === 'text'),
    id,
    description,
  };
  Object.assign(out, { encoding: lower(encoding), octets });
  if ((name === 'message/rfc822' || name === 'message/global') && Array.isArray(rest[0])) {
    const [envelope, body, lines] = rest.splice(0, 3);
    Object.assign(out, { envelope: envelopeOf(envelope ?? null), body: structureOf(body ?? null), lines });
  } else if (lower(type) === 'text') out.lines = rest.shift();
  const [md5, disposition, language, location] = rest;
  return { ...out, md5, ...extension(disposition, language, location) };
}

function lower(value: ImapValue | undefined): string {
  return typeof value === 'string' ? value.toLowerCase() : '?';
}

function paramsOf(value: ImapValue | undefined, isText: boolean): Record<string, ImapValue> | null {
  if (!Array.isArray(value)) return null;
  const out: Record<string, ImapValue> = {};
  for (let at = 0; at < value.length; at += 2) {
    const name = lower(value[at]);
    const isCharset = isText && name === 'charset';
    if (isCharset && lower(value[at + 1]) === 'us-ascii') continue;
    out[name] = (isCharset ? lower(value[at + 1]) : value[at + 1]) ?? null;
  }
  return Object.keys(out).length === 0 ? null : out;
}

function extension(
  disposition: ImapValue | undefined,
  language: ImapValue | undefined,
  location: ImapValue | undefined,
): object {
  const tags = Array.isArray(language)
    ? language.map((tag) => lower(tag))
    : language === null
      ? null
      : [lower(language)];
  const kind = Array.isArray(disposition) ? [lower(disposition[0]), paramsOf(disposition[1], false)] : disposition;
  return { disposition: kind, language: tags, location };
}

/** One leaf that differs: where, what the reference servers say, what we say. */
export interface Difference {
  readonly at: string;
  readonly want: readonly unknown[];
  readonly got: unknown;
}

/** Leaves of `got` that none of the reference answers has there. */
export function differences(wants: readonly unknown[], got: unknown, at: string): Difference[] {
  if (wants.some((want) => same(want, got))) return [];
  const objects = wants.filter((want) => sameShape(want, got));
  if (objects.length === 0) return [{ at, want: wants, got }];
  const keys = new Set([...Object.keys(got as object), ...objects.flatMap((want) => Object.keys(want as object))]);
  const out: Difference[] = [];
  for (const key of keys) {
    out.push(
      ...differences(
        objects.map((want) => pick(want, key)),
        pick(got, key),
        Array.isArray(got) ? `${at}[${key}]` : `${at}.${key}`,
      ),
    );
  }
  return out;
}

function pick(value: unknown, key: string): unknown {
  return (value as Record<string, unknown>)[key];
}

function sameShape(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && a.length === b.length;
  return true;
}

function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
