import fc from 'fast-check';
import { Settings } from '../../config/settings';
import { FileAddresses, fileIdOf, parseFileName } from './file-addresses';
import type { FileReference } from './file-reference';

const ID = '9f86d081884c7d659a2feaa0c55ad015';
const settings = Settings.load({
  JWT_SECRET: 'a secret of the tests, long enough for HS256',
  PUBLIC_BASE_URL: 'https://crm.tongxin.cn',
  FILE_URL_TTL_SECONDS: '600',
});
const addresses = new FileAddresses(settings);

const reference = (overrides: Partial<FileReference> = {}): FileReference => ({
  id: ID,
  key: 'objects/9f/file.jpg',
  thumbnailKey: 'objects/9f/thumbnail.jpg',
  fileName: '证书.jpg',
  fileSize: 1234,
  mimeType: 'image/jpeg',
  private: false,
  ...overrides,
});

/** Name, expiry and signature, as an address carries them. */
function partsOf(url: string) {
  const { pathname, searchParams } = new URL(url);
  return {
    name: pathname.slice('/files/'.length),
    expires: Number(searchParams.get('expires')),
    signature: searchParams.get('signature') ?? '',
  };
}

describe('the address of a file', () => {
  it('is plain where the file is public, and shows neither key nor name', () => {
    expect(addresses.view(reference())).toEqual({
      id: ID,
      url: `https://crm.tongxin.cn/files/${ID}.jpg`,
      thumbnailUrl: `https://crm.tongxin.cn/files/${ID}-thumbnail.jpg`,
      fileName: '证书.jpg',
      fileSize: 1234,
      mimeType: 'image/jpeg',
    });
  });

  it('has no thumbnail where there is none', () => {
    const film = reference({ mimeType: 'video/quicktime', thumbnailKey: undefined });
    expect(addresses.view(film)).not.toHaveProperty('thumbnailUrl');
    expect(addresses.view(film).url).toMatch(/\.mov$/);
  });

  it('is signed where the file is private, for as long as the settings say', () => {
    const { name, expires, signature } = partsOf(addresses.view(reference({ private: true })).url);
    expect(expires - Date.now() / 1000).toBeGreaterThan(598);
    expect(expires - Date.now() / 1000).toBeLessThanOrEqual(600);
    expect(addresses.isSigned(name, expires, signature)).toBe(true);
  });

  it('cannot be made or changed by anybody', () => {
    const { name, expires, signature } = partsOf(addresses.view(reference({ private: true })).url);
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.string(), (otherName, otherExpiry, otherSignature) => {
        expect(addresses.isSigned(otherName, expires, signature)).toBe(false);
        expect(addresses.isSigned(name, expires + 1 + otherExpiry, signature)).toBe(false);
        expect(addresses.isSigned(name, expires, otherSignature)).toBe(false);
        expect(addresses.isSigned(name, NaN, signature)).toBe(false);
      }),
    );
  });
});

describe('the file that an address names', () => {
  it.each([
    [`https://crm.tongxin.cn/files/${ID}.jpg`, ID],
    [`https://crm.tongxin.cn/files/${ID}.jpg?expires=1&signature=x`, ID],
    [`https://crm.tongxin.cn/files/${ID}-thumbnail.jpg#x`, ID],
    [`/files/${ID}.mp4`, ID],
    [ID, ID],
    [`https://crm.tongxin.cn/${ID}.jpg`, undefined],
    [`https://crm.tongxin.cn/files/../${ID}.jpg/`, undefined],
    ['', undefined],
  ])('%s: %s', (address, id) => {
    expect(fileIdOf(address)).toBe(id);
  });

  it('is one of ours or none', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const found = parseFileName(name);
        if (found) expect(found.id).toMatch(/^[0-9a-f]{32}$/);
      }),
    );
  });
});
