import { z } from 'zod';
import { SERVICE_TYPES } from '../customers/customer.enums';
import * as choices from './resume.enums';

const options = z.array(z.strictObject({ value: z.string(), label: z.string() }));

/** What GET enums answers: the choices of a resume's fields, each with its label, in the order of the screens. */
export const resumeDictionary = z.strictObject({
  gender: options.meta({ example: [{ value: 'female', label: '女' }] }),
  jobType: options.meta({ example: [{ value: 'yuexin', label: '月嫂' }] }),
  education: options,
  skills: options,
  maritalStatus: options,
  religion: options,
  zodiac: options,
  zodiacSign: options,
  orderStatus: options,
  leadSource: options,
  maternityNurseLevel: options,
  learningIntention: options,
  currentStage: options,
  fileTypes: options,
  serviceType: options,
});

export const RESUME_DICTIONARY: z.infer<typeof resumeDictionary> = {
  gender: listed(choices.GENDERS),
  jobType: listed(choices.JOB_TYPES),
  education: listed(choices.EDUCATIONS),
  skills: listed(choices.SKILLS),
  maritalStatus: listed(choices.MARITAL_STATUSES),
  religion: listed(choices.RELIGIONS),
  zodiac: listed(choices.ZODIACS),
  zodiacSign: listed(choices.ZODIAC_SIGNS),
  orderStatus: listed(choices.ORDER_STATUSES),
  leadSource: listed(choices.LEAD_SOURCES),
  maternityNurseLevel: listed(choices.MATERNITY_NURSE_LEVELS),
  learningIntention: listed(choices.LEARNING_INTENTIONS),
  currentStage: listed(choices.CURRENT_STAGES),
  fileTypes: listed(choices.FILE_TYPES),
  // a customer's choices, which are their own labels
  serviceType: SERVICE_TYPES.map((value) => ({ value, label: value })),
};

function listed(labels: Readonly<Record<string, string>>): z.infer<typeof options> {
  return Object.entries(labels).map(([value, label]) => ({ value, label }));
}
