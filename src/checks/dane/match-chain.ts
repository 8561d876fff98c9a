import { createHash } from 'node:crypto';
import type { X509Certificate } from 'node:crypto';
import type { TlsaRecord } from '../../base/resolver.ts';

/** Why no record matches; the names are those of TLS reports (RFC 8460 section 4.3). */
export type DaneFailure = 'certificate-host-mismatch' | 'certificate-expired' | 'validation-failure';

export type DaneMatch =
  | { readonly kind: 'matched'; readonly record: TlsaRecord }
  | { readonly kind: 'failed'; readonly why: DaneFailure };

export interface DaneQuestion {
  /** From `usableRecords`. */
  readonly records: readonly TlsaRecord[];
  /** As the server sent it: its own certificate first. */
  readonly chain: readonly X509Certificate[];
  /** One of these must be in the certificate, for DANE-TA: next hop, its expansion, the TLSA base domain (RFC 7672 section 3.2.2). */
  readonly names: readonly string[];
  readonly nowMs: number;
}

/** Certificates looked at of a chain. */
const MAX_CHAIN = 10;

/** Does the chain match one of the records? RFC 6698 section 2.1, RFC 7671 section 5, RFC 7672 sections 3.1 and 3.2. */
export function matchChain({ records, chain, names, nowMs }: DaneQuestion): DaneMatch {
  const [leaf, ...others] = chain.slice(0, MAX_CHAIN);
  if (leaf === undefined) return { kind: 'failed', why: 'validation-failure' };
  // The key is the name, and it is valid for as long as the record is there.
  const ee = records.find((record) => record.usage === 3 && isOf(record, leaf));
  if (ee !== undefined) return { kind: 'matched', record: ee };
  const anchors = records.filter(({ usage }) => usage === 2);
  const path = buildPath(leaf, others);
  // The server's own certificate is no anchor of itself (RFC 7671 section 5.2).
  for (let depth = 1; depth < path.length; depth++) {
    const anchor = path[depth];
    const record = anchor && anchors.find((each) => isOf(each, anchor));
    if (record !== undefined) return judgePath(path.slice(0, depth + 1), record, names, nowMs);
  }
  return { kind: 'failed', why: 'validation-failure' };
}

function judgePath(
  path: readonly X509Certificate[],
  record: TlsaRecord,
  names: readonly string[],
  nowMs: number,
): DaneMatch {
  const isValid = (each: X509Certificate): boolean =>
    each.validFromDate.getTime() <= nowMs && nowMs <= each.validToDate.getTime();
  if (!path.every((each) => isValid(each))) return { kind: 'failed', why: 'certificate-expired' };
  const leaf = path[0];
  const isNamed = names.some((name) => leaf?.checkHost(name, { partialWildcards: false }) !== undefined);
  return isNamed ? { kind: 'matched', record } : { kind: 'failed', why: 'certificate-host-mismatch' };
}

/** From the server's certificate upwards, by issuer and signature, whatever the order in which they were sent. */
function buildPath(leaf: X509Certificate, others: readonly X509Certificate[]): readonly X509Certificate[] {
  const path = [leaf];
  const left = [...others];
  for (let child = leaf; ;) {
    const at = left.findIndex((each) => isIssuer(each, child));
    const [issuer] = at < 0 ? [] : left.splice(at, 1);
    if (issuer === undefined) return path;
    path.push(issuer);
    child = issuer;
  }
}

function isIssuer(issuer: X509Certificate, child: X509Certificate): boolean {
  try {
    return issuer.ca && child.checkIssued(issuer) && child.verify(issuer.publicKey);
  } catch {
    // A key or signature of a kind that is not known here.
    return false;
  }
}

function isOf({ selector, matchingType, data }: TlsaRecord, certificate: X509Certificate): boolean {
  const octets = selector === 0 ? certificate.raw : subjectPublicKeyInfo(certificate);
  if (octets === undefined) return false;
  const want =
    matchingType === 0
      ? octets
      : createHash(matchingType === 1 ? 'sha256' : 'sha512')
          .update(octets)
          .digest();
  return want.equals(data);
}

function subjectPublicKeyInfo(certificate: X509Certificate): Buffer | undefined {
  try {
    return certificate.publicKey.export({ type: 'spki', format: 'der' });
  } catch {
    return undefined;
  }
}
