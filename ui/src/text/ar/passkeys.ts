// The list of passkeys and the details of one.
import { isolate } from '../isolate'
import { number, plural } from './words'

export const passkeys = {
  passkeys: {
    title: 'مفاتيح المرور',
    count: (count: number) =>
      plural(count, {
        zero: 'لا مفاتيح مرور',
        one: 'مفتاح مرور واحد',
        two: 'مفتاحا مرور',
        few: '# مفاتيح مرور',
        other: '# مفتاح مرور',
      }),
    found: (found: number, count: number) => `${number(found)} من ${number(count)}`,
    search: 'بحث',
    sort: 'الترتيب حسب',
    sorts: { site: 'الموقع', used: 'آخر استخدام', created: 'تاريخ الإنشاء' },
    filter: 'عرض',
    filters: { all: 'الكل', never_used: 'غير المستخدمة', only_here: 'الموجودة هنا فقط', trouble: 'التي بها مشكلة' },
    list: 'مفاتيح المرور حسب الموقع',
    reading: 'جارٍ قراءة مفاتيح المرور…',
    empty: 'لا مفاتيح مرور بعد',
    emptyHint:
      'عندما يعرض عليك موقع على جهاز آخر إنشاء مفتاح مرور، اختر هناك «استخدام هاتف أو جهاز لوحي» وقدّم رمز QR إلى Roamkey.',
    emptyAction: 'تسجيل الدخول على جهاز آخر',
    nothing: 'لا يوجد مفتاح مرور يطابق البحث.',
    noSite: 'موقع غير معروف',
    site: 'الموقع',
    account: 'الحساب',
    name: 'الاسم هناك',
    label: 'التسمية (تراها أنت فقط)',
    rename: 'حفظ',
    backup: 'النسخة الاحتياطية',
    backedUp: 'في نسخة احتياطية تم التحقق منها، أو على جهاز آخر أيضًا',
    onlyHere: 'على هذا الجهاز فقط',
    remove: 'إزالة…',
    removeTitle: (name: string) => `هل تريد إزالة ${isolate(name)}؟`,
    removeText: `سيُزال من هنا فقط: سيبقى في قائمة الموقع، فاحذفه من هناك أيضًا. يمكنك استرجاعه خلال ${number(30)} يومًا.`,
    removeLast: 'هذا آخر مفتاح لهذا الموقع هنا: تأكّد من أنك تستطيع تسجيل الدخول بطريقة أخرى.',
    removeHere: 'إزالة من هنا',
    removed: (name: string, site: string) => `تمت إزالة ${isolate(name)} (${isolate(site)}) من هذا الجهاز.`,
    undo: 'تراجع',
    created: 'تاريخ الإنشاء',
    used: 'آخر استخدام',
    uses: 'مرات الاستخدام',
    never: 'لا يوجد',
    state: 'الحالة',
    states: {
      ready: 'جاهز',
      unfinished: 'توقّف إنشاؤه قبل أن يكتمل؛ قد لا يعرفه الموقع',
      missing: 'مفتاحه غير موجود في حلقة المفاتيح',
      damaged: 'لا يمكن قراءة سجله',
      newer_version: 'أُنشئ بإصدار أحدث من Roamkey',
    },
    choose: 'اختر مفتاح مرور لعرض تفاصيله.',
  },
}
