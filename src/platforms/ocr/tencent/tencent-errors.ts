import { type AppError, invalidField } from '../../../common/errors/app-error';
import { tooLarge } from '../../../common/uploads/spool';
import { UpstreamFailure } from '../../upstream/upstream-failure';

export const API = 'tencent-ocr';

/**
 * What is wrong with the picture, by the code that the cloud gives it, in words for the person who took it.
 * https://cloud.tencent.com/document/product/866/33524, "错误码"
 */
const PICTURE_FAULTS: Record<string, readonly [field: string, message: string]> = {
  'FailedOperation.ImageNoIdCard': ['file', '图片中没有识别到身份证，请对准证件重新拍摄'],
  'FailedOperation.IdCardInfoIllegal': ['file', '身份证信息不合法，请核对证件'],
  'FailedOperation.IdCardTooSmall': ['file', '图片中的身份证太小，请靠近重新拍摄'],
  'FailedOperation.CardSideError': ['side', '图片不是所选的那一面，请换一面上传'],
  'FailedOperation.ImageBlur': ['file', '图片模糊，请重新拍摄'],
  'FailedOperation.ImageDecodeFailed': ['file', '图片已损坏，无法读取'],
  'FailedOperation.EmptyImageError': ['file', '图片已损坏，无法读取'],
  'FailedOperation.ImageSizeTooLarge': ['file', '图片尺寸过大，无法读取'],
  'FailedOperation.MultiCardError': ['file', '图片中有多张身份证，请只拍一张'],
};

const TOO_LARGE = ['LimitExceeded.TooLargeFileError', 'FailedOperation.TooLargeFileError'];
const LARGEST_FILE = 5 * 1024 * 1024;

/** Codes with which the cloud says that it will not serve this account now, whatever is asked. */
const OUT_OF_SERVICE =
  /^(AuthFailure|UnauthorizedOperation|RequestLimitExceeded|ResourceUnavailable|ResourcesSoldOut|ResourceInsufficient|InternalError|UnsupportedRegion)/;

/** The cloud's own code, where it has answered with one. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[A-Z][A-Za-z]+(\.\w+)?$/.test(code) ? code : undefined;
}

/** Whether the cloud would serve a picture that is in order, going by how it refused one that is not. */
export function servesDespite(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && !OUT_OF_SERVICE.test(code);
}

/** An error of the catalogue for whatever the SDK has thrown. */
export function asAppError(error: unknown, timedOut: boolean): AppError {
  if (timedOut) return new UpstreamFailure(API, 'timeout', error);
  const code = codeOf(error);
  const fault = code ? PICTURE_FAULTS[code] : undefined;
  if (fault) return invalidField(...fault);
  if (code && TOO_LARGE.includes(code)) return tooLarge(LARGEST_FILE);
  return new UpstreamFailure(API, kindOf(error), described(error, code));
}

function kindOf(error: unknown): 'status' | 'interrupted' {
  const status = (error as { httpCode?: unknown } | null)?.httpCode;
  return typeof status === 'number' || codeOf(error) ? 'status' : 'interrupted';
}

/** For the log: the SDK leaves the code out of the message. */
function described(error: unknown, code: string | undefined): Error {
  const message = error instanceof Error ? error.message : String(error);
  return new Error(`${API}: ${code ?? 'no code'}: ${message}`, { cause: error });
}
