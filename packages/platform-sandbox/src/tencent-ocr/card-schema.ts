const text = { type: 'string', maxLength: 200 };

/** The order `ocr-card`. */
export const OCR_CARD = {
  type: 'object',
  additionalProperties: false,
  properties: {
    Name: text,
    Sex: text,
    Nation: text,
    Birth: text,
    Address: text,
    IdNum: text,
    Authority: text,
    ValidDate: text,
    Quality: { type: 'number', minimum: 0, maximum: 100 },
    WarnInfos: { type: 'array', maxItems: 20, items: { type: 'integer' } },
  },
};
