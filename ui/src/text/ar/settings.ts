// The page of settings.
import { isolate, ltr } from '../isolate'
import { number, plural } from './words'

const days = (count: number) =>
  plural(count, { zero: 'بلا أيام', one: 'يوم واحد', two: 'يومان', few: '# أيام', many: '# يومًا', other: '# يوم' })

export const settings = {
  settings: {
    title: 'الإعدادات',
    sections: 'الأقسام',
    names: {
      look: 'المظهر وبدء التشغيل',
      verification: 'التحقق من الهوية',
      tunnel: 'خدمة النفق',
      bluetooth: 'البلوتوث',
      policy: 'القواعد',
      doctor: 'الفحص',
    },
    tunnel: {
      title: 'خدمة النفق',
      lead: 'يلتقي الجهازان عند خدمة نفق على الإنترنت. تمرّر الخدمة رسائل مشفّرة ولا تستطيع قراءتها.',
      which: 'أي خدمة',
      operators: {
        google: `خدمة Google، الرقم ${number(0)}`,
        apple: `خدمة Apple، الرقم ${number(1)}`,
        own: 'خدمة أخرى، حسب رقمها',
      },
      number: 'رقم الخدمة',
      numberHint: `من ${number(256)} إلى ${ltr('65535')}. كل رقم يمثّل اسمًا يمكن لأي شخص تسجيله.`,
      none: 'لا توجد خدمة بهذا الرقم.',
      host: 'اسمها',
      choose: 'استخدام هذه الخدمة',
      inUse: 'قيد الاستخدام',
      check: 'فحصها',
      fixed: `حُدّدت عند تشغيل Roamkey ‏(${ltr('ROAMKEY_TUNNEL')})، ولا يمكن تغييرها هنا.`,
      sees: {
        google:
          'تديرها Google. يمكنها رؤية عنوان IP الخاص بك وعنوان الجهاز الآخر، ووقت ما يرسله كل منهما وحجمه، ولا ترى أبدًا موقعًا أو حسابًا أو مفتاحًا.',
        apple:
          'تديرها Apple. يمكنها رؤية عنوان IP الخاص بك وعنوان الجهاز الآخر، ووقت ما يرسله كل منهما وحجمه، ولا ترى أبدًا موقعًا أو حسابًا أو مفتاحًا.',
        own: 'يديرها من سجّل هذا الاسم: أنت، إذا كنت من سجّله. ترى عناوين IP والأوقات والأحجام، ولا شيء غير ذلك.',
      },
      checkTitle: 'الفحص',
      steps: {
        name: 'عُثر على الاسم',
        address: 'يمكن الوصول إليها',
        tls: 'شهادتها موثوق بها',
        web_socket: 'تستخدم البروتوكول الصحيح',
        routing_id: 'تفتح نفقًا',
      },
      took: (milliseconds: number) => `${number(milliseconds)} مللي ثانية`,
      state: { done: 'نجح', now: 'جارٍ', failed: 'فشل', later: 'لم يُجرَّب' },
      passed: 'يمكن استخدام هذه الخدمة.',
      close: 'إخفاء الفحص',
    },
    bluetooth: {
      title: 'البلوتوث',
      lead: 'يثبت البلوتوث أن الجهازين في المكان نفسه. ومن دونه لا يستطيع أحد تسجيل الدخول.',
      look: 'التحقق مرة أخرى',
    },
    verification: {
      title: 'كيف يتأكّد Roamkey من أنك أنت',
      reading: 'جارٍ التحقق من رمز PIN…',
      ways: { pin: 'رمز PIN الخاص بـ Roamkey', system: 'نظام التشغيل (كلمة السر أو البصمة)' },
      inUse: 'مختار',
      use: { pin: 'استخدام رمز PIN', system: 'استخدام نظام التشغيل' },
      standIn: 'لا يستطيع نظام التشغيل السؤال الآن، لذلك يُطلب رمز PIN.',
      nothing: 'لم يُعدّ شيء: اختر رمز PIN.',
      test: 'تجربة',
      testTitle: 'تجربة: لا يُوقَّع شيء',
      passed: { pin: 'تعمل: رمز PIN صحيح.', system: 'تعمل: أكّد نظام التشغيل أنك أنت.' },
      pinTitle: 'رمز PIN',
      pinNotSet: 'لم يُعيَّن رمز PIN.',
      pinSet: 'تم تعيين رمز PIN.',
      minimum: (count: number) =>
        plural(count, {
          one: 'تطلب سياسة حرفًا واحدًا على الأقل.',
          two: 'تطلب سياسة حرفين على الأقل.',
          few: 'تطلب سياسة # أحرف على الأقل.',
          many: 'تطلب سياسة # حرفًا على الأقل.',
          other: 'تطلب سياسة # حرف على الأقل.',
        }),
      wait: (time: string) => `أُدخل رمز PIN خاطئ مرات كثيرة. الوقت المتبقّي قبل المحاولة التالية: ${time}.`,
      present: 'رمز PIN الحالي',
      again: 'رمز PIN الجديد مرة أخرى',
      changePin: 'تغيير رمز PIN',
      forgotten: 'نسيان رمز PIN',
      resetNow: 'يتحقق نظام التشغيل من أنك أنت، ثم يُزال رمز PIN. لا يضيع أي مفتاح مرور.',
      resetLater: (time: string) =>
        `يمكن إزالة رمز PIN بعد مدة انتظار يبقى فيها هذا الجهاز مشغّلًا: ${time}. لا يضيع أي مفتاح مرور. استخدام رمز PIN أثناء ذلك يلغي الإزالة.`,
      reset: 'إزالة رمز PIN',
      resetWaiting: (time: string) =>
        `طلب أحدهم إزالة رمز PIN. الوقت المتبقّي قبل أن يصبح ذلك ممكنًا: ${time}. إذا لم تكن أنت من طلب ذلك فاستخدم رمز PIN مرة واحدة: هذا يلغي الطلب.`,
      resetReady: 'انتهى الانتظار: يمكن إزالة رمز PIN.',
      done: {
        pin_set: 'تم تعيين رمز PIN.',
        pin_changed: 'تم تغيير رمز PIN.',
        pin_reset: 'تمت إزالة رمز PIN. اختر رمزًا آخر.',
        pin_reset_waits: 'بدأ الانتظار.',
        way_chosen: 'سيتم التحقق بهذه الطريقة من الآن.',
      },
    },
    look: {
      title: 'المظهر واللغة',
      theme: 'الألوان',
      themes: { system: 'مثل سطح المكتب', light: 'فاتحة', dark: 'داكنة' },
      language: 'اللغة',
      system: (language: string) => `مثل النظام (${isolate(language)})`,
    },
    start: {
      title: 'بدء التشغيل',
      autostart: 'التشغيل مع بدء جلستي',
      hint: 'في الخلفية، ليكون Roamkey جاهزًا عند فتح رابط أو رمز.',
    },
    keys: {
      control: 'Ctrl',
      title: 'المفاتيح',
      key: 'المفتاح',
      does: 'وظيفته',
      pages: 'يفتح الصفحات بترتيبها',
      clipboard: 'يأخذ رمزًا من الحافظة',
      search: 'يبحث في مفاتيح المرور أو النشاط أو الأخطاء',
      zoom: 'تكبير العرض، وتصغيره، وإعادته كما كان',
      escape: 'يرفض السؤال',
    },
    policy: {
      title: 'قواعد هذا الجهاز',
      none: 'لا توجد قواعد. يمكن للمسؤول وضع قواعد في هذا الملف:',
      setBy: (owner: string) => `وضعها ${isolate(owner)} في هذا الملف. لا يمكن تغييرها هنا.`,
      pin: 'أقل طول لرمز PIN',
      characters: (count: number) =>
        plural(count, { one: 'حرف واحد', two: 'حرفان', few: '# أحرف', many: '# حرفًا', other: '# حرف' }),
      allowed: 'طرق التحقق المعتمدة',
      everySite: 'كل المواقع',
      age: 'أقصى عمر، ثم يُحظر',
      disuse: 'أطول مدة دون استخدام، ثم يُحظر',
      warn: 'التحذير قبل ذلك',
      days,
      noLimit: 'بلا حدّ',
      touched: 'مفاتيح المرور المعنية',
      left: (count: number) =>
        plural(count, {
          zero: 'يمكن استخدامه اليوم فقط',
          one: 'يمكن استخدامه يومًا واحدًا آخر',
          two: 'يمكن استخدامه يومين آخرين',
          few: 'يمكن استخدامه # أيام أخرى',
          many: 'يمكن استخدامه # يومًا آخر',
          other: 'يمكن استخدامه # يوم آخر',
        }),
      blocked: 'محظور',
      because: {
        age: (count: number) => `القاعدة: أقصى عمر ${days(count)}`,
        disuse: (count: number) => `القاعدة: أطول مدة دون استخدام ${days(count)}`,
        other: 'قاعدة أخرى',
      },
    },
    doctor: {
      title: 'الفحص',
      lead: 'يجرّب كل ما يحتاج إليه تسجيل الدخول دفعة واحدة، خلال نصف دقيقة. لا يتغيّر شيء.',
      run: 'بدء الفحص',
      again: 'بدء الفحص مرة أخرى',
      running: 'جارٍ تجربة كل شيء…',
      at: (when: string) => `النتيجة (${when}):`,
      well: 'كل شيء يعمل.',
      ill: (count: number) =>
        plural(count, {
          one: 'شيء واحد لا يعمل.',
          two: 'شيئان لا يعملان.',
          few: '# أشياء لا تعمل.',
          many: '# شيئًا لا يعمل.',
          other: '# شيء لا يعمل.',
        }),
      verdicts: { works: 'بلا مشكلات', remark: 'ملاحظة', broken: 'توجد مشكلة' },
      parts: {
        store: 'مفاتيح المرور',
        bluetooth: 'البلوتوث',
        tunnel: 'خدمة النفق',
        clock: 'الساعة',
        verification: 'التحقق من الهوية',
        folder: 'مجلد البيانات',
        activity: 'سجل النشاط',
      },
      inFile: 'في ملف بعبارة مرور',
      inKeyring: 'في حلقة المفاتيح',
      passkeys: (count: number) =>
        plural(count, {
          zero: 'لا مفاتيح مرور',
          one: 'مفتاح مرور واحد',
          two: 'مفتاحا مرور',
          few: '# مفاتيح مرور',
          other: '# مفتاح مرور',
        }),
      free: (size: string) => `المساحة الحرّة: ${isolate(size)}`,
      entries: (count: number) =>
        plural(count, { zero: 'لا إدخالات', one: 'إدخال واحد', two: 'إدخالان', few: '# إدخالات', many: '# إدخالًا', other: '# إدخال' }),
      ahead: (seconds: number) =>
        plural(seconds, {
          one: 'متقدّمة ثانية واحدة',
          two: 'متقدّمة ثانيتين',
          few: 'متقدّمة # ثوانٍ',
          other: 'متقدّمة # ثانية',
        }),
      behind: (seconds: number) =>
        plural(seconds, {
          one: 'متأخّرة ثانية واحدة',
          two: 'متأخّرة ثانيتين',
          few: 'متأخّرة # ثوانٍ',
          other: 'متأخّرة # ثانية',
        }),
    },
  },
}
