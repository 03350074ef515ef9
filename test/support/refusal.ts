import { ERRORS, type ErrorCode } from '../../src/common/errors/catalogue';

/** What a refused CRM request looks like, for `toMatchObject`; INVALID_PARAMS may name the field it complains of. */
export function refusal(code: ErrorCode, field?: string): object {
  return {
    status: ERRORS[code].status,
    body: {
      success: false,
      code,
      ...(field ? { details: [{ field, message: expect.any(String) as string }] } : {}),
    },
  };
}
