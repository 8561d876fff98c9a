/** The keys of posthorn.yaml about mail that leaves: `queue`, `relay`, `transports` and `routes`. */
import { isIP } from 'node:net';

import { z } from 'zod';

import { toAsciiDomain } from '../../base/domain-name.ts';
import { domainPattern } from '../../directory/routes/route-input.ts';

const port = z.int().min(1).max(65_535);
const count = z.int().min(1);

const hostOrAddress = z.string().transform((text, context) => {
  if (isIP(text) !== 0) return text;
  const domain = toAsciiDomain(text);
  if (domain.ok) return domain.value;
  context.addIssue({ code: 'custom', message: `"${text}" is no host name and no IP address` });
  return z.NEVER;
});

const transport = z
  .strictObject({
    kind: z
      .enum(['smarthost', 'socks', 'direct', 'fail'])
      .default('smarthost')
      .meta({ description: 'smarthost: all to one host. socks: MX hosts through a SOCKS5 proxy. fail: refused.' }),
    host: hostOrAddress.optional().meta({ description: 'Of a smarthost or proxy.' }),
    port: port.optional().meta({ description: 'Of a smarthost (default 587) or proxy (default 1080).' }),
    tls: z.enum(['implicit', 'starttls', 'opportunistic', 'none']).optional().meta({
      description:
        'To a smarthost. Default: implicit on port 465, starttls with a login or on 587, else opportunistic.',
    }),
    verify: z.boolean().optional().meta({
      description: 'Check the certificate of a smarthost. Default: with implicit and starttls.',
    }),
    username: z
      .string()
      .optional()
      .meta({ description: 'Login at a smarthost or SOCKS5 proxy (there in plain text).' }),
    password: z.string().optional().meta({ description: 'Its password.' }),
    passwordFile: z.string().optional().meta({ description: 'A file with the password, in place of it.' }),
    tokenFile: z.string().optional().meta({
      description:
        'A file with an access token in place of the password (OAUTHBEARER, XOAUTH2); read at each login, so that another program can keep it fresh.',
    }),
    clientCert: z
      .string()
      .optional()
      .meta({ description: 'PEM file with private key and certificate that a smarthost knows.' }),
    ehlo: hostOrAddress.optional().meta({ description: 'Name to say in EHLO through a proxy.' }),
    families: z
      .enum(['both', 'ipv4', 'ipv6'])
      .default('both')
      .meta({ description: 'Of a direct transport: which addresses are used.' }),
    code: z.int().min(400).max(599).default(554).meta({ description: 'Of fail: 4xx is tried again later.' }),
    text: z
      .string()
      .regex(/^[ -~]{1,256}$/)
      .default('no mail goes there')
      .meta({ description: 'Of fail: what senders are told.' }),
  })
  .superRefine((each, context) => {
    const say = (message: string): void => context.addIssue({ code: 'custom', message });
    if ((each.kind === 'smarthost' || each.kind === 'socks') && each.host === undefined) say('host is missing');
    const secrets = [each.password, each.passwordFile, each.tokenFile].filter((secret) => secret !== undefined);
    if (secrets.length > 1) say('one of password, passwordFile and tokenFile');
    if (secrets.length > 0 !== (each.username !== undefined)) say('username and password go together');
    if (each.kind === 'socks' && each.tokenFile !== undefined) say('only a smarthost takes a token');
    if (each.kind !== 'smarthost' && each.kind !== 'socks' && each.username !== undefined) {
      say('only a smarthost and a proxy take a login');
    }
    if (each.kind !== 'smarthost' && each.clientCert !== undefined) say('only a smarthost takes a certificate');
  });

export type TransportConfig = z.output<typeof transport>;

export const transports = z.record(z.string().min(1).max(100), transport);

const route = z.strictObject({
  from: z
    .array(domainPattern)
    .default([])
    .meta({ description: 'Domains of the sender (header From); a leading dot takes in all below. Empty: all.' }),
  to: z
    .array(domainPattern)
    .default([])
    .meta({ description: 'Domains of the recipient, written likewise. Empty: all.' }),
  minimumAttempts: z
    .int()
    .min(0)
    .default(0)
    .meta({ description: 'Only after so many tries: a way out when another does not work.' }),
  transport: z.string().meta({ description: 'Name of a transport, or "direct".' }),
});

export const routes = z.array(route).default([]);

/** A day, as its midnight in UTC. */
const utcDay = z.string().transform((text, context) => {
  const atMs = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(atMs)) return atMs;
  context.addIssue({ code: 'custom', message: `"${text}" is no day; write it as 2026-01-31` });
  return z.NEVER;
});

const warmUp = z.strictObject({
  since: utcDay.meta({ description: 'First day of the plan, such as 2026-01-31; days begin at midnight UTC.' }),
  perDay: count.default(50).meta({
    description: 'Messages on the first day; one to several recipients of a domain counts once.',
  }),
  growth: z
    .number()
    .min(1)
    .max(10)
    .default(1.5)
    .meta({ description: 'Each day has so many times the messages of the one before.' }),
  upTo: count.default(50_000).meta({
    description: 'The plan is over on the first day that would have so many messages: then there is no limit.',
  }),
  perDestination: z
    .number()
    .min(1)
    .max(100)
    .default(25)
    .meta({ description: "Percent of a day's messages that may go to one domain." }),
});

const source = z.strictObject({
  ip: z
    .string()
    .refine((text) => isIP(text) !== 0, { error: ({ input }) => `"${String(input)}" is no IP address` })
    .meta({ description: 'An address of this machine.' }),
  ehlo: hostOrAddress
    .optional()
    .meta({ description: 'Name to say in EHLO from there, as its reverse DNS has it. Default: hostname.' }),
  warmUp: warmUp.optional().meta({
    description:
      'For an address that others do not know yet: how much may leave from it. What is more leaves from the other addresses; when all of a family warm up, it waits.',
  }),
});

export type SourceConfig = z.output<typeof source>;

export const relay = z.strictObject({
  port: port.default(25).meta({ description: 'Port of MX hosts; another one only for tests.' }),
  policyPort: port.default(443).meta({ description: 'Port of the web servers with MTA-STS policies; likewise.' }),
  sources: z
    .array(source)
    .max(100)
    .refine((list) => new Set(list.map(({ ip }) => ip)).size === list.length, 'an address is given twice')
    .default([])
    .meta({
      description:
        'Addresses that mail leaves from; of several, each domain of recipients has its own. Default: where a listener for smtp has a public address, from that.',
    }),
  ca: z
    .string()
    .optional()
    .meta({ description: 'PEM file with authorities to trust in place of those that come with Node.' }),
});

const minutes = z.number().min(0.001);

export const queue = z.strictObject({
  firstRetryMinutes: minutes
    .default(7.5)
    .meta({ description: 'From the first try to the second; each wait is twice the one before.' }),
  longestRetryMinutes: minutes.default(240).meta({ description: 'No wait is longer.' }),
  giveUpHours: minutes.default(96).meta({ description: 'Then a message goes back to its sender.' }),
  tellDelayHours: minutes.default(4).meta({ description: 'Then the sender is told once that it takes longer.' }),
  connections: count.default(100).meta({ description: 'Transactions at once, to all destinations.' }),
  connectionsPerDestination: count.default(20).meta({
    description: 'To one domain, at most; it begins with 5, grows when all goes well and halves on failures.',
  }),
  recipientsPerTransaction: count.default(100).meta({ description: 'Recipients in one transaction, at most.' }),
  destinations: z
    .array(
      z.strictObject({
        domains: z.array(domainPattern).min(1).meta({ description: 'Domains; a leading dot takes in all below.' }),
        connections: count.optional().meta({ description: 'Transactions at once to each of them.' }),
        perMinute: count.optional().meta({ description: 'Transactions begun in a minute to each of them.' }),
        recipients: count.optional().meta({ description: 'Recipients in one transaction.' }),
      }),
    )
    .default([])
    .meta({ description: 'Narrower limits for some destinations; the first that fits counts.' }),
  recipientsPerDay: count.default(1000).meta({ description: 'Recipients that one account may send to in 24 hours.' }),
  historyDays: z
    .number()
    .min(0)
    .default(14)
    .meta({ description: 'For so long it is remembered what left the queue, and how; 0: not at all.' }),
  newRecipientsPerDay: count.default(200).meta({ description: 'Those of them that it never sent to before.' }),
});
