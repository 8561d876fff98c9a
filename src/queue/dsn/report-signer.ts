/** Signs what the queue writes itself, while it is written; `submit/` gives one. */
export interface ReportSigner {
  begin(): ReportSignature;
}

/** Of one message. */
export interface ReportSignature {
  /** Its octets, in order. */
  write(octets: Uint8Array): void;
  /** The fields to put in front; '' when nobody can sign it: a notification is better unsigned than not sent. Never throws. */
  finish(): Promise<string>;
}
