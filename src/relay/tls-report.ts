/** What a session showed of one policy of a domain. RFC 8460 section 4.3. */
export type TlsResultType =
  | 'success'
  | 'starttls-not-supported'
  | 'certificate-host-mismatch'
  | 'certificate-expired'
  | 'certificate-not-trusted'
  | 'validation-failure'
  | 'tlsa-invalid'
  | 'dnssec-invalid'
  | 'dane-required'
  | 'sts-policy-fetch-error'
  | 'sts-policy-invalid'
  | 'sts-webpki-invalid';

/** One fact for the report of a day. */
export interface TlsFact {
  /** To whom the mail went, in A-labels. */
  readonly recipientDomain: string;
  readonly policyType: 'tlsa' | 'sts' | 'no-policy-found';
  /** The recipient domain; for `tlsa` the TLSA base domain. */
  readonly policyDomain: string;
  /** The TLSA records, or the lines of the policy. */
  readonly policyString: readonly string[];
  /** Patterns of an MTA-STS policy. */
  readonly mxPatterns: readonly string[];
  readonly result: TlsResultType;
  readonly receivingMx: string;
  readonly receivingIp: string | undefined;
  /** `failure-reason-code`: more about it. */
  readonly reason: string | undefined;
}

/** Who keeps what sessions showed until the reports of the day are made. Never throws, and nobody waits for it. */
export interface TlsReporter {
  record(fact: TlsFact): void;
}

/** Node's and OpenSSL's words for a certificate that is not right, as result types. */
export function resultOfPkixFault(fault: string): TlsResultType {
  if (fault === 'ERR_TLS_CERT_ALTNAME_INVALID' || fault === 'HOSTNAME_MISMATCH') return 'certificate-host-mismatch';
  if (fault === 'CERT_HAS_EXPIRED' || fault === 'CERT_NOT_YET_VALID') return 'certificate-expired';
  const isUnknown = /SELF_SIGNED|UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY|CERT_UNTRUSTED|INVALID_CA/.test(fault);
  return isUnknown ? 'certificate-not-trusted' : 'validation-failure';
}
