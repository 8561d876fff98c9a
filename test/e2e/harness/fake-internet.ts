/** The rest of the internet on loopback: a DNS, mail hosts that share one port, and web servers with MTA-STS policies. */
import { createServer } from 'node:https';
import { createSecureContext } from 'node:tls';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer } from 'dns-packet';
import { startTestDns } from '../../../src/net/dns/test-server.ts';
import type { Told } from '../../../src/net/dns/test-server.ts';
import { startFakeHost } from '../../../src/relay/testing/fake-host.ts';
import type { Behaviour, FakeHost } from '../../../src/relay/testing/fake-host.ts';
import { makeCertificate } from './client-certificates.ts';

export interface DnsEntry {
  /** '' is a null MX. */
  readonly mx?: string;
  readonly address?: string;
  readonly txt?: string;
  readonly cname?: string;
  /** Certificate association, `3 1 1`, with this data. */
  readonly tlsa?: Buffer;
  readonly fails?: boolean;
  /** DNSSEC vouches for it. */
  readonly signed?: boolean;
}

export interface FakeInternet {
  /** Lines for posthorn.yaml. */
  readonly config: readonly string[];
  readonly names: Record<string, DnsEntry>;
  /** A mail host at its own address, which `names` knows as `name`. */
  addHost(name: string, behaviour: Behaviour, signed?: boolean): Promise<FakeHost>;
  /** A certificate for a name, which posthorn trusts. */
  certificate(name: string): Promise<{ readonly certPem: string; readonly keyPem: string }>;
  /** Serves the policy of a domain. */
  addPolicy(domain: string, text: string): Promise<void>;
  readonly mailPort: number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** `trusted`: names for which certificates are made at once, since posthorn reads them at its start. */
export async function startInternet(trusted: readonly string[]): Promise<FakeInternet> {
  const dir = await mkdtemp(join(tmpdir(), 'posthorn-internet-'));
  const names: Record<string, DnsEntry> = {};
  const dns = await startTestDns((question) => tell(names, question));
  const certificates = new Map<string, { readonly certPem: string; readonly keyPem: string }>();
  for (const name of trusted) {
    const { cert, key } = await makeCertificate(dir, 'P-256', name);
    certificates.set(name, { certPem: await readFile(cert, 'utf8'), keyPem: await readFile(key, 'utf8') });
  }
  const ca = join(dir, 'ca.pem');
  await writeFile(ca, [...certificates.values()].map(({ certPem }) => certPem).join(''));
  const hosts: FakeHost[] = [await startFakeHost('127.0.0.20', 0)];
  const mailPort = hosts[0]?.port ?? 0;
  const policies = new Map<string, string>();
  const certificate = async (name: string): Promise<{ readonly certPem: string; readonly keyPem: string }> => {
    const made = certificates.get(name);
    if (!made) throw new Error(`no certificate for ${name}`);
    return made;
  };
  const web = createServer(
    {
      SNICallback: (name, done) => {
        const made = certificates.get(name);
        if (!made) return done(new Error('unknown'));
        done(null, createSecureContext({ cert: made.certPem, key: made.keyPem }));
      },
    },
    (asked, answer) => {
      const host = (asked.headers.host ?? '').replace(/:\d+$/, '');
      const text = asked.url === '/.well-known/mta-sts.txt' ? policies.get(host) : undefined;
      if (text === undefined) answer.writeHead(404).end();
      else answer.writeHead(200, { 'content-type': 'text/plain' }).end(text);
    },
  );
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  const bound = web.address();
  const policyPort = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return {
    config: [
      `dns: { servers: ["${dns.server.address}:${dns.server.port}"], trustAd: true }`,
      `relay: { port: ${mailPort}, policyPort: ${policyPort}, ca: ${JSON.stringify(ca)} }`,
    ],
    names,
    mailPort,
    certificate,
    async addHost(name, behaviour, signed = false) {
      const host = await startFakeHost(`127.0.0.${20 + hosts.length}`, mailPort, behaviour);
      hosts.push(host);
      names[name] = { address: host.address, signed };
      return host;
    },
    async addPolicy(domain, text) {
      const host = `mta-sts.${domain}`;
      policies.set(host, text);
      names[host] = { address: '127.0.0.1' };
      names[`_mta-sts.${domain}`] = { txt: 'v=STSv1; id=1;' };
    },
    async [Symbol.asyncDispose]() {
      for (const host of hosts) host.close();
      web.closeAllConnections();
      web.close();
      await dns.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** CNAMEs are followed, as a resolver does. */
function tell(names: Readonly<Record<string, DnsEntry>>, question: string): readonly Told[] {
  const [type = '', asked = ''] = question.split(' ');
  const answers: Answer[] = [];
  let name = asked.toLowerCase();
  let authentic = true;
  for (let steps = 0; steps < 10; steps++) {
    const entry = names[name];
    if (entry?.fails) return [{ rcode: 2 }];
    authentic &&= entry?.signed ?? false;
    if (!entry) return [{ rcode: 3, authentic, answers }];
    if (entry.cname === undefined || type === 'CNAME') {
      answers.push(...answersOf(type, name, entry));
      break;
    }
    answers.push({ type: 'CNAME', name, ttl: 60, data: entry.cname });
    name = entry.cname;
  }
  return [{ authentic, answers }];
}

function answersOf(type: string, name: string, entry: DnsEntry): readonly Answer[] {
  const { mx, address, txt, cname, tlsa } = entry;
  const base = { name, ttl: 60 };
  if (type === 'MX' && mx !== undefined) return [{ ...base, type: 'MX', data: { preference: 10, exchange: mx } }];
  if (type === 'A' && address !== undefined) return [{ ...base, type: 'A', data: address }];
  if (type === 'TXT' && txt !== undefined) return [{ ...base, type: 'TXT', data: txt }];
  if (type === 'CNAME' && cname !== undefined) return [{ ...base, type: 'CNAME', data: cname }];
  if (type === 'TLSA' && tlsa !== undefined) {
    return [{ ...base, type: 'TLSA', data: { usage: 3, selector: 1, matchingType: 1, certificate: tlsa } }];
  }
  return [];
}
