import { randomUUID } from 'node:crypto';
import { type PlatformRefusals, Refusal } from '../platform/platform';

/** The cloud's words for its codes. Source: 身份证识别, 错误码; 公共错误码. */
const MESSAGES: Readonly<Record<string, string>> = {
  'AuthFailure.InvalidAuthorization': 'The request Authorization header is invalid.',
  'AuthFailure.SecretIdNotFound': 'The SecretId is not found, please ensure that your SecretId is correct.',
  'AuthFailure.SignatureExpire':
    'Signature expired: timestamp expired or local/server time is unsynchronized.',
  'AuthFailure.SignatureFailure': 'The provided credentials could not be validated.',
  InvalidAction: 'The request action is invalid or not found.',
  NoSuchVersion: 'The API version does not exist.',
  InvalidRequest: 'The request body is not valid JSON.',
  'InvalidParameterValue.InvalidParameterValueLimit': '参数值错误。',
  'FailedOperation.EmptyImageError': '图片内容为空。',
  'FailedOperation.ImageDecodeFailed': '图片解码失败。',
  'FailedOperation.ImageNoIdCard': '图片中未检测到身份证。',
  'FailedOperation.CardSideError': '身份证CardSide类型错误。',
  'FailedOperation.ImageBlur': '图片模糊。',
  'FailedOperation.MultiCardError': '照片中存在多张卡。',
  'FailedOperation.OcrFailed': 'OCR识别失败。',
  'LimitExceeded.TooLargeFileError': '文件内容太大。',
  RequestLimitExceeded: '请求的次数超过了频率限制。',
  InternalError: '内部错误。',
};

/** An error in the cloud's form: HTTP 200, and the code in the answer. */
export function refusal(code: string): Refusal {
  const Error = { Code: code, Message: MESSAGES[code] ?? 'sandbox fault' };
  return new Refusal(200, code, { Response: { Error, RequestId: randomUUID() } });
}

export const TENCENT_REFUSALS: PlatformRefusals = {
  fault: (code = 'InternalError') => refusal(String(code)),
  method: () => refusal('InvalidRequest'),
  unknownRoute: () => refusal('InvalidAction'),
};
