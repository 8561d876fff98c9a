import { describe, expect, test } from 'vitest';
import { decideTls } from './tls-policy.ts';
import type { StsFacts, TlsDecision, TlsQuestion } from './tls-policy.ts';

const policy = (mode: 'enforce' | 'testing' | 'none', mx = 'mx.a.test'): StsFacts => ({
  kind: 'policy',
  policy: { mode, mx: [mx], maxAgeSeconds: 86_400 },
});
const sts = {
  none: { kind: 'none' },
  unknown: { kind: 'unknown', why: 'timeout' },
  enforce: policy('enforce'),
  mismatch: policy('enforce', 'other.test'),
  testing: policy('testing'),
  'testing mismatch': policy('testing', 'other.test'),
  'mode none': policy('none'),
} satisfies Readonly<Record<string, StsFacts>>;
type Sts = keyof typeof sts;

const ask = (
  message: TlsQuestion['message'],
  dane: TlsQuestion['dane'],
  said: Sts,
  rest: Partial<TlsQuestion> = {},
): TlsDecision =>
  decideTls({ message, host: 'mx.a.test', hopIsAuthentic: false, dane, sts: sts[said], mayFallBack: true, ...rest });

const show = (decision: TlsDecision): string => {
  if (decision.kind === 'skip') return `skip ${decision.why} ${decision.status}`;
  const { tls, verify, fallback, requireTls } = decision;
  return [tls, verify, fallback && 'fallback', requireTls && 'REQUIRETLS'].filter((part) => part !== false).join(' ');
};

describe('each row of the table', () => {
  test.each<[TlsQuestion['message'], TlsQuestion['dane'], Sts, string]>([
    ['default', 'none', 'none', 'opportunistic none fallback'],
    ['default', 'none', 'mode none', 'opportunistic none fallback'],
    ['default', 'none', 'testing', 'opportunistic none fallback'],
    ['default', 'none', 'testing mismatch', 'opportunistic none fallback'],
    ['default', 'none', 'enforce', 'starttls pkix'],
    ['default', 'none', 'mismatch', 'skip sts-mismatch 4.7.5'],
    ['default', 'none', 'unknown', 'skip sts-lookup 4.7.5'],
    ['default', 'usable', 'none', 'starttls dane'],
    ['default', 'usable', 'enforce', 'starttls dane'],
    ['default', 'usable', 'testing', 'starttls dane'],
    ['default', 'usable', 'unknown', 'starttls dane'],
    ['default', 'usable', 'mismatch', 'skip sts-mismatch 4.7.5'],
    ['default', 'unusable', 'none', 'starttls none'],
    ['default', 'unusable', 'testing', 'starttls none'],
    ['default', 'unusable', 'enforce', 'starttls pkix'],
    ['default', 'unusable', 'unknown', 'skip sts-lookup 4.7.5'],
    ['default', 'failed', 'none', 'skip dane-lookup 4.7.5'],
    ['default', 'failed', 'enforce', 'skip dane-lookup 4.7.5'],
    ['required', 'none', 'none', 'skip requiretls 5.7.30'],
    ['required', 'none', 'testing', 'skip requiretls 5.7.30'],
    ['required', 'none', 'enforce', 'starttls pkix REQUIRETLS'],
    ['required', 'none', 'mismatch', 'skip sts-mismatch 4.7.5'],
    ['required', 'none', 'unknown', 'skip sts-lookup 4.7.5'],
    ['required', 'usable', 'none', 'starttls dane REQUIRETLS'],
    ['required', 'unusable', 'none', 'skip requiretls 5.7.30'],
    ['required', 'unusable', 'enforce', 'starttls pkix REQUIRETLS'],
    ['required', 'failed', 'none', 'skip dane-lookup 4.7.5'],
    ['not-required', 'none', 'none', 'opportunistic none fallback'],
    ['not-required', 'usable', 'enforce', 'opportunistic none fallback'],
    ['not-required', 'failed', 'mismatch', 'opportunistic none fallback'],
    ['not-required', 'unusable', 'unknown', 'opportunistic none fallback'],
  ])('%s, DANE %s, MTA-STS %s: %s', (message, dane, said, want) => expect(show(ask(message, dane, said))).toBe(want));
});

test('REQUIRETLS is content with names from DNSSEC and a valid certificate', () => {
  const hopIsAuthentic = true;
  expect(show(ask('required', 'none', 'none', { hopIsAuthentic }))).toBe('starttls pkix REQUIRETLS');
  expect(show(ask('required', 'unusable', 'none', { hopIsAuthentic }))).toBe('starttls pkix REQUIRETLS');
});

test('reports never fall back to plain text', () => {
  expect(show(ask('default', 'none', 'none', { mayFallBack: false }))).toBe('opportunistic none');
});

test('whatever is known, more of it never asks for less, unless the sender wants so', () => {
  const strength = (decision: TlsDecision): number => {
    if (decision.kind === 'skip') return 4;
    if (decision.tls === 'opportunistic') return 0;
    return decision.verify === 'none' ? 1 : 2;
  };
  for (const said of Object.keys(sts) as Sts[]) {
    const without = strength(ask('default', 'none', said));
    for (const dane of ['usable', 'unusable', 'failed'] as const) {
      // DANE takes the place of a policy that cannot be had: it cannot be suppressed.
      if (said === 'unknown' && dane === 'usable') continue;
      expect(strength(ask('default', dane, said)), `${dane} ${said}`).toBeGreaterThanOrEqual(without);
    }
  }
});
