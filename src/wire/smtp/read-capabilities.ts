/** What a server offers: keywords in upper case, and the parameters of each. RFC 5321 section 4.1.1.1. */
export type Capabilities = ReadonlyMap<string, readonly string[]>;

const KEYWORD = /^[A-Za-z0-9][A-Za-z0-9-]*$/;

/** Of the lines of a reply to EHLO, whose first one is a greeting. `AUTH=` is how very old servers write `AUTH `. */
export function readCapabilities(lines: readonly string[]): Capabilities {
  const found = new Map<string, readonly string[]>();
  for (const line of lines.slice(1)) {
    const [keyword = '', ...params] = line.replace(/^AUTH=/i, 'AUTH ').split(/ +/);
    if (!KEYWORD.test(keyword)) continue;
    const name = keyword.toUpperCase();
    found.set(name, [...(found.get(name) ?? []), ...params.filter((param) => param !== '')]);
  }
  return found;
}

/** The largest message in octets; undefined when the server does not say. RFC 1870 section 4: 0 is no limit. */
export function maxSizeOf(capabilities: Capabilities): number | undefined {
  const [size = ''] = capabilities.get('SIZE') ?? [];
  return /^[1-9][0-9]{0,14}$/.test(size) ? Number(size) : undefined;
}

/** The most recipients of one message (`LIMITS RCPTMAX=n`, RFC 9422 section 4.2); undefined when the server does not say. */
export function maxRecipientsOf(capabilities: Capabilities): number | undefined {
  for (const limit of capabilities.get('LIMITS') ?? []) {
    const [, digits] = /^RCPTMAX=([1-9][0-9]{0,5})$/i.exec(limit) ?? [];
    if (digits !== undefined) return Number(digits);
  }
  return undefined;
}
