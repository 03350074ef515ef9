import { createSign, type KeyObject, randomBytes } from 'node:crypto';
import { bits, integer, nothing, objectId, sequence, set, utcTime, utf8 } from './der';

const SHA256_WITH_RSA = '2a864886f70d01010b';
const COMMON_NAME = '550403';
const FIVE_YEARS_MS = 5 * 365 * 86_400_000;

export interface Certificate {
  /** hex, upper case, as WeChat Pay writes it */
  serialNo: string;
  pem: string;
  effectiveAt: Date;
  expiresAt: Date;
}

/** A self-signed X.509 certificate (v1) of an RSA key. Source: RFC 5280, section 4.1. */
export function selfSigned(name: string, keys: { publicKey: KeyObject; privateKey: KeyObject }): Certificate {
  const serial = randomBytes(20);
  // positive, and not shortened
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const effectiveAt = new Date(Date.now() - 60_000);
  const expiresAt = new Date(effectiveAt.getTime() + FIVE_YEARS_MS);
  const algorithm = sequence(objectId(SHA256_WITH_RSA), nothing());
  const subject = sequence(set(sequence(objectId(COMMON_NAME), utf8(name))));
  const contents = sequence(
    integer(serial),
    algorithm,
    subject,
    sequence(utcTime(effectiveAt), utcTime(expiresAt)),
    subject,
    keys.publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = createSign('RSA-SHA256').update(contents).sign(keys.privateKey);
  return {
    serialNo: serial.toString('hex').toUpperCase(),
    pem: pemOf(sequence(contents, algorithm, bits(signature))),
    effectiveAt,
    expiresAt,
  };
}

function pemOf(bytes: Buffer): string {
  const lines = bytes.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
