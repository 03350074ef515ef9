import { signatureFault, signatureOf } from '../src/tencent-ocr/tc3-signature';

/** The example of the cloud's own documents: 签名方法 v3, https://cloud.tencent.com/document/api/866/33519 */
const BODY = String.raw`{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}`;
const TIMESTAMP = 1_551_113_065;
const DOCUMENTED = {
  method: 'POST',
  path: '/',
  body: BODY,
  headers: {
    'content-type': 'application/json; charset=utf-8',
    host: 'cvm.tencentcloudapi.com',
    'x-tc-action': 'DescribeInstances',
    'x-tc-timestamp': String(TIMESTAMP),
  },
};

describe("the cloud's signature", () => {
  it.each([
    [
      'content-type;host',
      'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE',
      '72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168',
    ],
    [
      'content-type;host;x-tc-action',
      '*'.repeat(32),
      '10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f',
    ],
  ])('over %s is the documented one', (signedHeaders, secretKey, expected) => {
    const scope = { date: '2019-02-25', service: 'cvm', signedHeaders };
    expect(signatureOf(DOCUMENTED, scope, TIMESTAMP, secretKey)).toBe(expected);
  });
});

describe('a signed request', () => {
  const credentials = { secretId: 'AKIDtest', secretKey: 'key-of-the-test' };
  const signedHeaders = 'content-type;host';
  const now = 1_790_000_000;

  function signed(changes: { timestamp?: number; date?: string; headers?: Record<string, string> } = {}) {
    const { timestamp = now, date = new Date(timestamp * 1000).toISOString().slice(0, 10) } = changes;
    const headers = {
      'content-type': 'application/json',
      host: 'ocr.tencentcloudapi.com',
      'x-tc-timestamp': String(timestamp),
      ...changes.headers,
    };
    const request = { method: 'POST', path: '/', body: '{}', headers };
    const signature = signatureOf(
      request,
      { date, service: 'ocr', signedHeaders },
      timestamp,
      credentials.secretKey,
    );
    const authorization = `TC3-HMAC-SHA256 Credential=AKIDtest/${date}/ocr/tc3_request, SignedHeaders=${signedHeaders}, Signature=${signature}`;
    return { ...request, headers: { ...headers, authorization } };
  }

  it('is accepted as it is, and within five minutes', () => {
    for (const late of [0, 300, -300]) expect(signatureFault(signed(), credentials, now + late)).toBeNull();
  });

  it.each([301, -301, Number.NaN])('is refused %d seconds off', (late) => {
    const request = signed();
    if (Number.isNaN(late)) request.headers['x-tc-timestamp'] = 'soon';
    const at = Number.isNaN(late) ? now : now + late;
    expect(signatureFault(request, credentials, at)).toBe('AuthFailure.SignatureExpire');
  });

  it.each<[string, (request: ReturnType<typeof signed>) => object]>([
    ['another body', (request) => ({ ...request, body: '{} ' })],
    ['another path', (request) => ({ ...request, path: '/x' })],
    ['another method', (request) => ({ ...request, method: 'GET' })],
    [
      'another host',
      (request) => ({ ...request, headers: { ...request.headers, host: 'cvm.tencentcloudapi.com' } }),
    ],
    [
      'another content type',
      (request) => ({ ...request, headers: { ...request.headers, 'content-type': 'text/plain' } }),
    ],
  ])('is refused with %s', (_what, change) => {
    const request = change(signed()) as ReturnType<typeof signed>;
    expect(signatureFault(request, credentials, now)).toBe('AuthFailure.SignatureFailure');
  });

  it("is refused with the date of another day, another's key, and another secret id", () => {
    expect(signatureFault(signed({ date: '2019-02-25' }), credentials, now)).toBe(
      'AuthFailure.SignatureFailure',
    );
    expect(signatureFault(signed(), { ...credentials, secretKey: 'other' }, now)).toBe(
      'AuthFailure.SignatureFailure',
    );
    expect(signatureFault(signed(), { ...credentials, secretId: 'AKIDother' }, now)).toBe(
      'AuthFailure.SecretIdNotFound',
    );
  });

  it.each(['', 'Bearer x', 'TC3-HMAC-SHA256 Credential=a/b'])(
    'is refused with the header %j',
    (authorization) => {
      const request = signed();
      expect(
        signatureFault({ ...request, headers: { ...request.headers, authorization } }, credentials, now),
      ).toBe('AuthFailure.InvalidAuthorization');
    },
  );
});
