import { toAsciiDomain } from '../../base/domain-name.ts';
import { malformed, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';

/** What a domain wants of those who send to it. */
export interface MtaStsPolicy {
  readonly mode: 'enforce' | 'testing' | 'none';
  /** Names of allowed MX hosts in lower case, or `*.` and a name. Empty only with mode `none`. */
  readonly mx: readonly string[];
  readonly maxAgeSeconds: number;
}

/** The greatest value (section 3.2), a year. */
const MAX_AGE = 31_557_600;
/** More than any domain has; the rest would cost time at each delivery. */
const MAX_PATTERNS = 1000;
const LINE = /^([A-Za-z0-9][A-Za-z0-9_.-]{0,31}):[ \t]*([^\r]*)$/;

/** Reads the text of `https://mta-sts.DOMAIN/.well-known/mta-sts.txt`. RFC 8461 section 3.2. */
export function parsePolicy(text: string): Result<MtaStsPolicy> {
  const fields = new Map<string, string>();
  const mx: string[] = [];
  let at = 0;
  for (const line of text.split('\n')) {
    const content = line.replace(/[ \t\r]+$/, '');
    const match = LINE.exec(content);
    // Blank lines are no part of the grammar, but of files that people write.
    if (match === null && content !== '') return malformed('key: value', at);
    const [, key = '', value = ''] = match ?? [];
    if (key === 'mx') {
      const pattern = toPattern(value);
      if (pattern === undefined || mx.length >= MAX_PATTERNS) return malformed('pattern of MX hosts', at);
      mx.push(pattern);
    } else if (!fields.has(key)) fields.set(key, value);
    at += line.length + 1;
  }
  return toPolicy(fields, mx);
}

function toPolicy(fields: ReadonlyMap<string, string>, mx: readonly string[]): Result<MtaStsPolicy> {
  if (fields.get('version') !== 'STSv1') return malformed('version: STSv1', 0);
  const mode = fields.get('mode');
  if (mode !== 'enforce' && mode !== 'testing' && mode !== 'none') return malformed('mode', 0);
  const maxAge = fields.get('max_age') ?? '';
  if (!/^\d{1,10}$/.test(maxAge)) return malformed('max_age', 0);
  if (mx.length === 0 && mode !== 'none') return malformed('mx', 0);
  return ok({ mode, mx, maxAgeSeconds: Math.min(Number(maxAge), MAX_AGE) });
}

function toPattern(text: string): string | undefined {
  const wild = text.startsWith('*.');
  const domain = toAsciiDomain(wild ? text.slice(2) : text);
  if (!domain.ok) return undefined;
  return wild ? `*.${domain.value}` : domain.value;
}

/** May mail go to this MX host? A `*` stands for exactly one label. RFC 8461 section 4.1, RFC 6125 section 6.4.3. */
export function allowsHost(policy: MtaStsPolicy, host: string): boolean {
  const name = host.toLowerCase();
  const dot = name.indexOf('.');
  const wild = dot > 0 ? `*${name.slice(dot)}` : undefined;
  return policy.mx.some((pattern) => pattern === name || pattern === wild);
}
