import { type KeyObject, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { open, sealedResource } from './sealed-resource';
import { WechatPayError } from './wechat-pay-error';

/** The public key that signs under a serial, until when. */
export interface PlatformKey {
  key: KeyObject;
  expiresAt: Date | null;
}

const certificatesAnswer = z.object({
  data: z.array(z.object({ serial_no: z.string(), encrypt_certificate: sealedResource })),
});

/** A serial that nobody knows makes us look for new certificates, but not more often than this. */
const LOOK_PAUSE_MS = 60_000;
const FAILED_LOOK_PAUSE_MS = 5_000;

/** The answer of `/v3/certificates`, opened: keys by serial. @throws {Error} for an answer that cannot be opened */
export function openCertificates(answer: unknown, apiV3Key: string): Map<string, PlatformKey> {
  const { data } = certificatesAnswer.parse(answer);
  return new Map(
    data.map(({ serial_no, encrypt_certificate }) => {
      const certificate = new X509Certificate(open(encrypt_certificate, apiV3Key));
      return [
        serial_no.toUpperCase(),
        { key: certificate.publicKey, expiresAt: new Date(certificate.validTo) },
      ];
    }),
  );
}

/**
 * The keys with which WeChat Pay signs, by serial: a public key that the merchant has been given, and certificates
 * that are fetched when a serial turns up that is not known yet. While a merchant changes from one to the other, and
 * when certificates are renewed, several are in use at a time.
 */
export class PlatformKeys {
  private readonly fixed: ReadonlyMap<string, PlatformKey>;
  private fetched: ReadonlyMap<string, PlatformKey> = new Map();
  private looking: Promise<void> | undefined;
  private nextLookAt = -Infinity;

  /** @param fetchAll asks WeChat Pay for its certificates */
  constructor(
    publicKey: { id: string; key: KeyObject } | undefined,
    private readonly fetchAll: () => Promise<ReadonlyMap<string, PlatformKey>>,
  ) {
    this.fixed = new Map(publicKey ? [[publicKey.id, { key: publicKey.key, expiresAt: null }]] : []);
  }

  /** undefined for a serial that is not WeChat Pay's, or not any more */
  async find(serial: string): Promise<KeyObject | undefined> {
    const known = this.known(serial);
    if (known || !(await this.look())) return known;
    return this.known(serial);
  }

  private known(serial: string): KeyObject | undefined {
    const found = this.fixed.get(serial) ?? this.fetched.get(serial.toUpperCase());
    if (!found || (found.expiresAt && found.expiresAt.getTime() <= Date.now())) return undefined;
    return found.key;
  }

  /** Looks for certificates, once for all that wait; false where it has just been done. */
  private async look(): Promise<boolean> {
    if (!this.looking) {
      if (Date.now() < this.nextLookAt) return false;
      this.nextLookAt = Date.now() + LOOK_PAUSE_MS;
      this.looking = this.refresh().finally(() => (this.looking = undefined));
    }
    await this.looking;
    return true;
  }

  private async refresh(): Promise<void> {
    try {
      this.fetched = await this.fetchAll();
    } catch (error) {
      this.nextLookAt = Date.now() + FAILED_LOOK_PAUSE_MS;
      // merchants who have only ever had the public key are told that there are no certificates
      if (!(error instanceof WechatPayError) || error.isPassing) throw error;
    }
  }
}
