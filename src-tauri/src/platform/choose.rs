//! Lets the person choose a region or a window of the screen, under X11: over everything lies a picture of what was there.
//!
//! ```text
//! drag            a region
//! click           the window under the pointer; where there is none, the whole screen
//! Tab, arrows     from window to window; Return takes the one that is marked
//! Escape          nothing
//! ```

use std::cell::RefCell;
use std::rc::Rc;

use gtk::gdk::prelude::*;
use gtk::gdk_pixbuf::Pixbuf;
use gtk::pango::FontDescription;
use gtk::prelude::*;
use gtk::{cairo, gdk, glib};
use tokio::sync::oneshot;

use super::screen::Chosen;

/// A part of the screen, in GDK's pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    x: i32,
    y: i32,
    width: i32,
    height: i32,
}

/// The picture of the screen and what lies on it.
pub(super) struct Shown {
    picture: Pixbuf,
    screen: Area,
    /// The lowest first.
    windows: Vec<Area>,
}

/// Where the person is with choosing.
struct Choosing {
    shown: Shown,
    /// What to do, in words.
    words: &'static str,
    pressed: Option<(i32, i32)>,
    pointer: (i32, i32),
    /// Marked by the keyboard.
    marked: Option<usize>,
    answer: Option<oneshot::Sender<Option<Chosen>>>,
}

impl Shown {
    /// Takes the picture. `None` where there is no X11 screen to be had. On GTK's thread.
    pub(super) fn take() -> Option<Self> {
        let screen = gdk::Screen::default()?;
        let root = screen.root_window()?;
        let (width, height) = (root.width(), root.height());
        let windows = screen
            .window_stack()
            .into_iter()
            .filter(|window| window.is_viewable());
        Some(Self {
            picture: root.pixbuf(0, 0, width, height)?,
            screen: Area {
                x: 0,
                y: 0,
                width,
                height,
            },
            windows: windows
                .map(|window| {
                    let frame = window.frame_extents();
                    Area {
                        x: frame.x(),
                        y: frame.y(),
                        width: frame.width(),
                        height: frame.height(),
                    }
                })
                .collect(),
        })
    }

    pub(super) fn picture(&self) -> &Pixbuf {
        &self.picture
    }

    /// The picture of a part of it.
    fn cut(&self, area: Area) -> Option<Pixbuf> {
        let area = area.within(self.screen)?;
        let scale = self.scale();
        let cut = |length: i32| length.saturating_mul(scale);
        Some(
            self.picture
                .new_subpixbuf(cut(area.x), cut(area.y), cut(area.width), cut(area.height)),
        )
    }

    /// Pixels of the picture for one of GDK's.
    fn scale(&self) -> i32 {
        self.picture
            .width()
            .checked_div(self.screen.width)
            .unwrap_or(1)
            .max(1)
    }
}

/// Shows it over everything and answers with the picture of the part that the person chose, `None` if they did not.
/// On GTK's thread.
pub(super) fn choose(shown: Shown, words: &'static str, answer: oneshot::Sender<Option<Chosen>>) {
    let window = gtk::Window::new(gtk::WindowType::Popup);
    window.set_app_paintable(true);
    window.set_size_request(shown.screen.width, shown.screen.height);
    window.move_(0, 0);
    window.add_events(
        gdk::EventMask::BUTTON_PRESS_MASK
            | gdk::EventMask::BUTTON_RELEASE_MASK
            | gdk::EventMask::POINTER_MOTION_MASK
            | gdk::EventMask::KEY_PRESS_MASK,
    );
    let state = Rc::new(RefCell::new(Choosing {
        shown,
        words,
        pressed: None,
        pointer: (-1, -1),
        marked: None,
        answer: Some(answer),
    }));
    listen(&window, &state);
    window.show_all();
    grab(&window, &state);
}

/// Takes pointer and keyboard. Without them the person could not get out again, so it is over then.
fn grab(window: &gtk::Window, state: &Rc<RefCell<Choosing>>) {
    let grabbed = window
        .window()
        .zip(gdk::Display::default())
        .is_some_and(|(on, display)| {
            let cursor = gdk::Cursor::from_name(&display, "crosshair");
            display.default_seat().is_some_and(|seat| {
                let status = seat.grab(&on, gdk::SeatCapabilities::ALL, true, cursor.as_ref(), None, None);
                status == gdk::GrabStatus::Success
            })
        });
    if !grabbed {
        tracing::warn!("neither pointer nor keyboard for choosing");
        end(window, state, None);
    }
}

fn listen(window: &gtk::Window, state: &Rc<RefCell<Choosing>>) {
    window.connect_draw(glib::clone!(@strong state => move |window, context| {
        if let Err(error) = draw(window, context, &state.borrow()) {
            tracing::debug!(%error, "the screen's picture is not drawn");
        }
        glib::Propagation::Stop
    }));
    window.connect_motion_notify_event(glib::clone!(@strong state => move |window, event| {
        let mut state = state.borrow_mut();
        state.pointer = whole(event.position());
        state.marked = None;
        window.queue_draw();
        glib::Propagation::Stop
    }));
    window.connect_button_press_event(glib::clone!(@strong state => move |_, event| {
        let mut state = state.borrow_mut();
        state.pointer = whole(event.position());
        state.pressed = Some(state.pointer);
        glib::Propagation::Stop
    }));
    window.connect_button_release_event(glib::clone!(@strong state => move |window, event| {
        let area = {
            let state = state.borrow();
            let from = state.pressed.unwrap_or(state.pointer);
            chosen(from, whole(event.position()), &state.shown)
        };
        end(window, &state, Some(area));
        glib::Propagation::Stop
    }));
    window.connect_key_press_event(glib::clone!(@strong state => move |window, event| {
        press(window, &state, event.keyval());
        glib::Propagation::Stop
    }));
}

fn press(window: &gtk::Window, state: &Rc<RefCell<Choosing>>, key: gdk::keys::Key) {
    use gdk::keys::constants as keys;
    if key == keys::Escape {
        return end(window, state, None);
    }
    if key == keys::Return || key == keys::KP_Enter || key == keys::space {
        let area = state.borrow().marked_area();
        return end(window, state, Some(area));
    }
    let mut choosing = state.borrow_mut();
    if key == keys::Tab || key == keys::Right || key == keys::Down {
        choosing.mark(1);
    } else if key == keys::ISO_Left_Tab || key == keys::Left || key == keys::Up {
        choosing.mark(-1);
    }
    window.queue_draw();
}

impl Choosing {
    /// Marks the next window, the topmost first.
    fn mark(&mut self, step: isize) {
        let count = self.shown.windows.len();
        let next = match self.marked {
            None => count.checked_sub(1),
            Some(at) => at
                .checked_add_signed(-step)
                .filter(|at| *at < count)
                .or(count.checked_sub(1)),
        };
        self.marked = next;
    }

    /// The window that is marked; the whole screen if none is.
    fn marked_area(&self) -> Area {
        let marked = self.marked.and_then(|at| self.shown.windows.get(at));
        marked.copied().unwrap_or(self.shown.screen)
    }

    /// What would be taken now.
    fn lit(&self) -> Area {
        match (self.marked, self.pressed) {
            (Some(_), _) => self.marked_area(),
            (None, Some(from)) => chosen(from, self.pointer, &self.shown),
            (None, None) => chosen(self.pointer, self.pointer, &self.shown),
        }
    }
}

/// What a person means who presses at one place and lets go at another.
fn chosen(from: (i32, i32), to: (i32, i32), shown: &Shown) -> Area {
    let region = Area {
        x: from.0.min(to.0),
        y: from.1.min(to.1),
        width: from.0.abs_diff(to.0).try_into().unwrap_or(i32::MAX),
        height: from.1.abs_diff(to.1).try_into().unwrap_or(i32::MAX),
    };
    if region.width >= DRAGGED && region.height >= DRAGGED {
        return region;
    }
    let under = shown.windows.iter().rev().find(|window| window.holds(to));
    under.copied().unwrap_or(shown.screen)
}

impl Area {
    fn holds(self, (x, y): (i32, i32)) -> bool {
        (self.x..self.x.saturating_add(self.width)).contains(&x)
            && (self.y..self.y.saturating_add(self.height)).contains(&y)
    }

    /// The part of it that lies in `other`.
    fn within(self, other: Self) -> Option<Self> {
        let (left, top) = (self.x.max(other.x), self.y.max(other.y));
        let end = |a: i32, length: i32| a.saturating_add(length);
        let right = end(self.x, self.width).min(end(other.x, other.width));
        let bottom = end(self.y, self.height).min(end(other.y, other.height));
        (right > left && bottom > top).then_some(Self {
            x: left,
            y: top,
            width: right - left,
            height: bottom - top,
        })
    }
}

/// Takes everything away and answers.
fn end(window: &gtk::Window, state: &Rc<RefCell<Choosing>>, area: Option<Area>) {
    if let Some(seat) = gdk::Display::default().and_then(|display| display.default_seat()) {
        seat.ungrab();
    }
    let mut choosing = state.borrow_mut();
    let picture = area.and_then(|area| Chosen::of(&choosing.shown.cut(area)?));
    if let Some(answer) = choosing.answer.take() {
        // Nobody waits any more: the person has moved on.
        let _moved_on = answer.send(picture);
    }
    window.hide();
    // Not before the handlers that hold it are done.
    let window = window.clone();
    glib::idle_add_local_once(move || {
        #[expect(
            unsafe_code,
            reason = "GTK's way to give a window up; nothing uses it afterwards"
        )]
        // SAFETY: the only other references are in its own handlers, which go with it.
        unsafe {
            window.destroy();
        }
    });
}

/// The screen in the dark, what would be taken in its light, and what to do in words.
fn draw(window: &gtk::Window, context: &cairo::Context, choosing: &Choosing) -> Result<(), cairo::Error> {
    let shown = &choosing.shown;
    let scale = 1.0 / f64::from(shown.scale());
    let picture = |context: &cairo::Context| {
        context.save()?;
        context.scale(scale, scale);
        context.set_source_pixbuf(&shown.picture, 0.0, 0.0);
        context.paint()?;
        context.restore()
    };
    picture(context)?;
    context.set_source_rgba(0.0, 0.0, 0.0, 0.5);
    context.paint()?;
    if let Some(lit) = choosing.lit().within(shown.screen) {
        let [x, y, width, height] = [lit.x, lit.y, lit.width, lit.height].map(f64::from);
        context.save()?;
        context.rectangle(x, y, width, height);
        context.clip();
        picture(context)?;
        context.restore()?;
        context.set_source_rgb(1.0, 0.8, 0.0);
        context.set_line_width(4.0);
        context.rectangle(x, y, width, height);
        context.stroke()?;
    }
    words(window, context, choosing.words);
    Ok(())
}

/// In the desktop's own font and colours: Pango finds letters in other fonts where that has none, and joins Arabic ones.
fn words(window: &gtk::Window, context: &cairo::Context, words: &str) {
    let layout = window.create_pango_layout(Some(words));
    layout.set_font_description(Some(&FontDescription::from_string("14")));
    let (width, height) = layout.pixel_size();
    let [width, height] = [width, height].map(f64::from);
    let style = window.style_context();
    gtk::render_background(&style, context, 20.0, 20.0, width + 40.0, height + 32.0);
    gtk::render_layout(&style, context, 40.0, 36.0, &layout);
}

#[expect(
    clippy::as_conversions,
    reason = "a place on the screen; beyond that it is cut off"
)]
fn whole((x, y): (f64, f64)) -> (i32, i32) {
    (x as i32, y as i32)
}

/// Less than this is a click.
const DRAGGED: i32 = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn area(x: i32, y: i32, width: i32, height: i32) -> Area {
        Area { x, y, width, height }
    }

    #[test]
    fn what_reaches_beyond_the_screen_is_cut_off() {
        let screen = area(0, 0, 100, 80);
        assert_eq!(area(-10, 70, 50, 50).within(screen), Some(area(0, 70, 40, 10)));
        assert_eq!(area(100, 0, 10, 10).within(screen), None);
        assert_eq!(area(10, 10, 0, 5).within(screen), None);
    }

    #[test]
    fn a_window_holds_its_first_pixel_and_not_the_one_after_its_last() {
        let window = area(10, 10, 20, 20);
        assert!(window.holds((10, 10)) && window.holds((29, 29)));
        assert!(!window.holds((30, 10)) && !window.holds((9, 10)));
    }
}
