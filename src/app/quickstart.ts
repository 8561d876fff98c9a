import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { BlockList } from 'node:net';

import { toAsciiDomain, toUnicodeDomain } from '../base/domain-name.ts';
import { parseAddress, printAddress } from '../directory/address-text.ts';
import type { DkimKeyFacts } from '../directory/facts.ts';
import { openAdministration } from './administration.ts';
import { loadConfig } from './config/config-file.ts';
import { printTxtRecord } from './print-txt-record.ts';
import { Refusal } from './refusal.ts';
import { tellDkimKey } from './tell-dkim-key.ts';

export interface QuickstartOptions {
  readonly address: string;
  readonly hostname: string | undefined;
  /** Of the configuration to write. */
  readonly file: string;
  readonly password: string;
}

export interface Quickstart {
  readonly config: string;
  readonly hostname: string;
  readonly domain: string;
  readonly account: string;
  readonly address: string;
  readonly password: string;
  /** Zone file lines. */
  readonly dnsRecords: readonly string[];
  /** Things to know before mail is trusted to it. */
  readonly remarks: readonly string[];
}

/** A configuration file, the domain of the address, and an account with a new password. Overwrites nothing. */
export async function quickstart(options: QuickstartOptions): Promise<Quickstart> {
  const { file, password } = options;
  const parsed = parseAddress(options.address);
  if (!parsed.ok) throw new Refusal(`"${options.address}" is no address`);
  const { localPart, domain } = parsed.value;
  const host = toAsciiDomain(options.hostname ?? `mail.${domain}`);
  if (!host.ok) throw new Refusal(`"${options.hostname}" is no host name`);
  if (existsSync(file)) throw new Refusal(`${file} is there already; quickstart overwrites nothing`);
  const account = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,62}$/u.test(localPart) ? localPart.replace(/[._-]+$/, '') : 'first';
  const address = printAddress(parsed.value);
  writeFileSync(file, printConfig(host.value), { flag: 'wx' });
  let dkim: readonly DkimKeyFacts[];
  try {
    dkim = await addAccount(file, { account, address, domain, password });
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
  const facts = { config: file, hostname: host.value, domain: toUnicodeDomain(domain), account, address, password };
  return {
    ...facts,
    dnsRecords: dnsRecords(host.value, domain, dkim),
    remarks: remarksFor(localPart, host.value, domain),
  };
}

async function addAccount(
  file: string,
  { account, address, domain, password }: { account: string; address: string; domain: string; password: string },
): Promise<readonly DkimKeyFacts[]> {
  const administration = await openAdministration(loadConfig(file));
  try {
    const document = { domains: { [domain]: {} }, accounts: { [account]: { addresses: [address], password } } };
    await administration.apply(document, { prune: false, dryRun: false });
    return (await administration.query({ ask: 'dkim-keys', name: domain })) as readonly DkimKeyFacts[];
  } finally {
    await administration.close();
  }
}

function printConfig(hostname: string): string {
  return `# posthorn; "posthorn config describe" tells of every key.
hostname: ${hostname}
data: ./data
listeners:
  - ip: "::"
    smtp: 25
    submission: 587
    submissions: 465
    imap: 143
    imaps: 993
# Mail programs will not trust this one; put a certificate for ${hostname} here: tls: { cert: cert.pem, key: key.pem }
tls: { selfSigned: true }
`;
}

function dnsRecords(hostname: string, domain: string, dkim: readonly DkimKeyFacts[]): readonly string[] {
  const addresses = publicAddresses();
  const hosts =
    addresses.length > 0
      ? addresses.map((address) => `${hostname}. ${address.includes(':') ? 'AAAA' : 'A'} ${address}`)
      : [`${hostname}. A (the public address of this machine)`];
  return [
    ...hosts,
    `${domain}. MX 10 ${hostname}.`,
    `_imaps._tcp.${domain}. SRV 0 1 993 ${hostname}.`,
    `_submissions._tcp.${domain}. SRV 0 1 465 ${hostname}.`,
    ...dkim.map(tellDkimKey).map(({ record }) => printTxtRecord(record.name, record.value)),
  ];
}

const privateNetworks = new BlockList();
for (const [address, bits, family] of [
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['::1', 128, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
] as const) {
  privateNetworks.addSubnet(address, bits, family);
}

function publicAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ address, family }) => !privateNetworks.check(address, family === 'IPv6' ? 'ipv6' : 'ipv4'))
    .map(({ address }) => address);
}

function remarksFor(localPart: string, hostname: string, domain: string): readonly string[] {
  const plain = /^[ -~]*$/.test(localPart) ? [] : ['Many servers cannot send to addresses that are not ASCII.'];
  return [
    ...plain,
    `The reverse DNS of this machine's address should be ${hostname}; whoever provides the address sets it.`,
    'The certificate is self-signed: get one for the host name and put it into the configuration.',
    `Others believe mail that comes with SPF and DMARC records too, such as: ${domain}. TXT "v=spf1 mx -all"`,
  ];
}
