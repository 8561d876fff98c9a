/** posthorn.yaml: what a process needs before it can open its store. All else is in the directory. */
import { BlockList, isIP } from 'node:net';

import { z } from 'zod';

import { toAsciiDomain } from '../../base/domain-name.ts';
import { queue, relay, routes, transports } from './outgoing-schema.ts';
import { allowsPlaintextLogin, isLoopback } from './plaintext-login.ts';
import { parseDnsServer } from '../../net/dns/server-address.ts';

const port = z.int().min(1, 'must be a port from 1 to 65535').max(65_535, 'must be a port from 1 to 65535');

const domainName = z.string().transform((text, context) => {
  const domain = toAsciiDomain(text);
  if (domain.ok) return domain.value;
  context.addIssue({ code: 'custom', message: `"${text}" is no host name` });
  return z.NEVER;
});

const network = z.string().refine(isNetwork, {
  error: ({ input }) => `"${String(input)}" is no network; write an address or ADDRESS/BITS, such as "127.0.0.0/8"`,
});

function isNetwork(text: string): boolean {
  const [address = '', bits] = text.split('/');
  const family = isIP(address);
  if (family === 0 || text.split('/').length > 2) return false;
  if (bits === undefined) return true;
  try {
    new BlockList().addSubnet(address, /^\d{1,3}$/.test(bits) ? Number(bits) : -1, family === 6 ? 'ipv6' : 'ipv4');
    return true;
  } catch {
    return false;
  }
}

const listener = z
  .strictObject({
    ip: z
      .string()
      .refine((text) => isIP(text) !== 0, { error: ({ input }) => `"${String(input)}" is no IP address` })
      .meta({ description: 'Address to listen on; 0.0.0.0 is every IPv4 address, :: every address.' }),
    smtp: port.optional().meta({ description: 'Mail from others (usually 25).' }),
    submission: port.optional().meta({ description: 'Mail from users, STARTTLS (usually 587).' }),
    submissions: port.optional().meta({ description: 'Mail from users, TLS from the start (usually 465).' }),
    imap: port.optional().meta({ description: 'Reading mail, STARTTLS (usually 143).' }),
    imaps: port.optional().meta({ description: 'Reading mail, TLS from the start (usually 993).' }),
    pop3: port.optional().meta({ description: 'Fetching mail by POP3, STLS (usually 110).' }),
    pop3s: port.optional().meta({ description: 'Fetching mail by POP3, TLS from the start (usually 995).' }),
    http: port.optional().meta({ description: 'Not in this version; kept for later.' }),
    https: port.optional().meta({ description: 'Not in this version; kept for later.' }),
    plaintextLogin: z
      .boolean()
      .optional()
      .meta({ description: 'Allow passwords without TLS. Only on loopback addresses, and the default there.' }),
  })
  .refine(({ ip, plaintextLogin }) => plaintextLogin !== true || isLoopback(ip), {
    error: 'plaintext login is only for loopback addresses',
    path: ['plaintextLogin'],
  });

const tls = z
  .strictObject({
    cert: z.string().optional().meta({ description: 'PEM file: the certificate and its chain.' }),
    key: z.string().optional().meta({ description: 'PEM file: its private key.' }),
    selfSigned: z
      .literal(true, 'true, or leave the key out')
      .optional()
      .meta({ description: 'Make a self-signed certificate for the host name and keep it in the data directory.' }),
    minVersion: z
      .enum(['TLSv1.2', 'TLSv1.3'])
      .default('TLSv1.2')
      .meta({ description: 'Oldest version of TLS that is spoken.' }),
    acme: z.undefined('certificates by ACME are not in this version; use cert and key, or selfSigned').optional(),
  })
  .superRefine(({ cert, key, selfSigned }, context) => {
    const files = cert !== undefined && key !== undefined;
    const half = (cert === undefined) !== (key === undefined);
    if (half) context.addIssue({ code: 'custom', message: 'cert and key go together' });
    else if (files === (selfSigned === true)) {
      context.addIssue({ code: 'custom', message: 'either cert and key, or selfSigned: true' });
    }
  });

const dnsServer = z.string().transform((text, context) => {
  const server = parseDnsServer(text);
  if (server !== undefined) return server;
  const message = `"${text}" is no resolver; write ADDRESS or ADDRESS:PORT, such as "127.0.0.1:53" or "[::1]:53"`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const dns = z.strictObject({
  servers: z
    .array(dnsServer)
    .min(1, 'at least one resolver is needed')
    .optional()
    .meta({ description: 'Resolvers to ask, in this order, in place of those in /etc/resolv.conf.' }),
  trustAd: z.boolean().optional().meta({
    description:
      'Believe these resolvers when they say that DNSSEC holds: they validate, and the path to them is safe. Default: when all are loopback addresses, or resolv.conf has trust-ad.',
  }),
});

const issuer = z.string().refine(isIssuer, {
  error: ({ input }) =>
    `"${String(input)}" is no issuer; write its https:// address, exactly as it stands in its tokens`,
});

/** Plain HTTP only where nobody listens in. */
function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, search, hash } = new URL(text);
  if (search !== '' || hash !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && (hostname === 'localhost' || isLoopback(hostname)));
}

const openid = z.strictObject({
  issuer: issuer.meta({ description: 'Its address, as it stands in the claim iss of its tokens.' }),
  audience: z
    .array(z.string().min(1))
    .min(1, 'at least one audience is needed')
    .meta({ description: 'Whom tokens must be for: one of these stands in their claim aud.' }),
  loginClaim: z
    .string()
    .min(1)
    .default('email')
    .meta({ description: 'The claim with the address that logs in. With email, email_verified must not be false.' }),
});

const count = z.int().min(1);

const limits = z.strictObject({
  exempt: z
    .array(network)
    .default([])
    .meta({ description: 'Networks without limits of rates, connections and failed logins.' }),
  connectionsPerMinute: count.default(300).meta({
    description:
      'New connections from one address; three and nine times as many from its networks. SMTP, IMAP and POP3 count apart.',
  }),
  openConnections: count.default(30).meta({ description: 'Open connections of one address; likewise.' }),
  failedLoginsPerMinute: count
    .default(10)
    .meta({ description: 'Failed logins from one address, all protocols; likewise.' }),
  failedLoginsPerDay: count.default(50).meta({ description: 'The same for a day.' }),
  maxMessageBytes: z
    .int()
    .min(1024)
    .default(104_857_600)
    .meta({ description: 'Largest message, octets; by SMTP and by APPEND.' }),
  imapMessageLimit: z.int().min(1000).optional().meta({
    description:
      'Messages that one IMAP command may work on (MESSAGELIMIT, RFC 9738). Clients that do not know it see the newest ones only; without it there is no limit, which this server can bear.',
  }),
  maxRecipients: count.default(1000).meta({ description: 'Recipients of one message by SMTP.' }),
});

export const configSchema = z
  .strictObject({
    hostname: domainName.meta({
      description: 'Name of this server in greetings and headers, as its address records and reverse DNS have it.',
    }),
    data: z.string().min(1).default('./data').meta({
      description: 'Directory for the database, large messages and the control socket. Relative to this file.',
    }),
    storage: z
      .strictObject({
        database: z
          .string()
          .regex(/^postgres(?:ql)?:\/\//, 'must be a URL that starts with postgres://')
          .optional()
          .meta({ description: 'PostgreSQL instead of the embedded database.' }),
        blobs: z
          .string()
          .regex(/^s3:\/\//, 'must be a URL that starts with s3://')
          .optional()
          .meta({ description: 'Object store for large messages instead of files in the data directory.' }),
      })
      .optional()
      .meta({ description: 'Storage outside this machine.' }),
    listeners: z
      .array(listener)
      .min(1, 'at least one listener is needed')
      .meta({ description: 'Where to listen. Each key beside ip is a port; a missing one is not opened.' }),
    tls: tls.optional().meta({ description: 'The certificate. Without it there is no TLS.' }),
    log: z
      .strictObject({
        level: z
          .enum(['debug', 'info', 'warn', 'error'])
          .default('info')
          .meta({ description: 'Least important lines that are written.' }),
        format: z
          .enum(['json', 'text'])
          .default('json')
          .meta({ description: 'json: a JSON object a line. text: for eyes.' }),
      })
      .prefault({})
      .meta({ description: 'The log, on standard error.' }),
    limits: limits.prefault({}).meta({ description: 'What one address may do, and how large things may be.' }),
    openid: openid.optional().meta({
      description: 'Logins with access tokens (OAUTHBEARER, XOAUTH2) of one OpenID issuer. Without it there are none.',
    }),
    dns: dns.optional().meta({
      description:
        'How names are looked up. Without it, as /etc/resolv.conf says, and senders that connect from this machine are not looked up.',
    }),
    queue: queue.prefault({}).meta({ description: 'When mail leaves, and how much at once.' }),
    relay: relay.prefault({}).meta({ description: 'Delivery to the MX hosts of others.' }),
    transports: transports.default({}).meta({
      description:
        'Ways for mail to leave, by name. Without routes all mail goes directly to the MX hosts of its recipients.',
    }),
    routes: routes.meta({
      description: 'Which mail takes which transport: the first that fits, looked up anew for each try. Else direct.',
    }),
  })
  .superRefine((config, context) => {
    config.routes.forEach(({ transport }, n) => {
      if (transport === 'direct' || Object.hasOwn(config.transports, transport)) return;
      const message = `there is no transport "${transport}"; write it under transports`;
      context.addIssue({ code: 'custom', path: ['routes', n, 'transport'], message });
    });
    config.listeners.forEach((each, n) => {
      if (config.tls) return;
      const encrypted = (['submissions', 'imaps', 'pop3s'] as const).find((service) => each[service] !== undefined);
      const unusable = (['submission', 'imap', 'pop3'] as const).find(
        (service) => each[service] !== undefined && !allowsPlaintextLogin(each),
      );
      const service = encrypted ?? unusable;
      if (service === undefined) return;
      const message = `nobody could log in without a certificate; add "tls: { cert: …, key: … }" or "tls: { selfSigned: true }"`;
      context.addIssue({ code: 'custom', path: ['listeners', n, service], message });
    });
  });

export type Config = z.output<typeof configSchema>;
export type ListenerConfig = Config['listeners'][number];
