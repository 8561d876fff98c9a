import { z } from 'zod';

import { toAsciiDomain } from '../../base/domain-name.ts';

/** A domain, or with a leading dot the domain and all below it, as a person writes it; kept as A-labels. */
export const domainPattern = z.string().transform((text, context) => {
  const dot = text.startsWith('.') ? '.' : '';
  const domain = toAsciiDomain(text.slice(dot.length));
  if (domain.ok) return dot + domain.value;
  if (/^\[[0-9a-fA-F.:v]+\]$/i.test(text)) return text.toLowerCase();
  context.addIssue({ code: 'custom', message: `"${text}" is no domain; ".example.org" is a domain and all below it` });
  return z.NEVER;
});

const maxDomains = 1000;

const domains = z.array(domainPattern).max(maxDomains).readonly().default([]);
const transportName = z.string().min(1).max(100);
const attempts = z.number().int().min(0).max(1000).default(0);

/** A route as an operation is given it. spec/protocols.md section 6.6 */
export const routeInput = z.strictObject({
  /** Domains of the header's From; empty: all. */
  from: domains,
  /** Domains of recipients; empty: all. */
  to: domains,
  minimumAttempts: attempts,
  /** A name under `transports` of posthorn.yaml, or `direct`. */
  transport: transportName,
});

/** A route as the document has it: its keys in the style of the others there. What was read can be read again. */
export const routeEntry = z.strictObject({
  ...{ from: domains, to: domains, transport: transportName },
  'minimum-attempts': attempts,
});
