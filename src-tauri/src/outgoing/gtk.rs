//! The same over GTK. Written here and not taken from the crate of the other systems: that one lets go of the files as
//! soon as they are dropped, before whoever takes them has asked for their names, and writes those names unescaped.

use std::cell::RefCell;
use std::rc::Rc;

use gtk::gdk::DragAction;
use gtk::gdk_pixbuf::Pixbuf;
use gtk::glib::{self, Propagation, SignalHandlerId};
use gtk::prelude::{DragContextExtManual as _, ObjectExt as _, WidgetExt as _};
use tokio::sync::oneshot;

use super::Load;

/// The button that drags.
const FIRST_BUTTON: i32 = 1;
/// Width of the picture under the pointer (px).
const PICTURE: i32 = 160;

/// Must run on the window's thread.
pub(super) fn begin(window: &gtk::ApplicationWindow, load: Load, tell: oneshot::Sender<bool>) {
    let addresses: Vec<String> = load
        .files
        .iter()
        .filter_map(|file| glib::filename_to_uri(file, None).ok())
        .map(Into::into)
        .collect();
    let targets = gtk::TargetList::new(&[]);
    targets.add_uri_targets(0);
    let Some(context) = window.drag_begin_with_coordinates(&targets, DragAction::COPY, FIRST_BUTTON, None, -1, -1)
    else {
        tracing::warn!("clips could not be dragged out");
        return;
    };
    if let Some(picture) = load
        .picture
        .and_then(|file| Pixbuf::from_file_at_scale(file, PICTURE, -1, true).ok())
    {
        context.drag_set_icon_pixbuf(&picture, PICTURE / 2, 20);
    }
    // This drag's own handlers: gone with its end, which comes after the files were asked for.
    let handlers: Rc<RefCell<Vec<SignalHandlerId>>> = Rc::default();
    let given = window.connect_drag_data_get(move |_, _, data, _, _| {
        let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
        data.set_uris(&addresses);
    });
    let taken = Rc::new(RefCell::new(true));
    let refused = Rc::clone(&taken);
    let failed = window.connect_drag_failed(move |_, _, _| {
        *refused.borrow_mut() = false;
        Propagation::Proceed
    });
    let (mine, tell) = (Rc::clone(&handlers), RefCell::new(Some(tell)));
    let ended = window.connect_drag_end(move |window, _| {
        if let Some(tell) = tell.borrow_mut().take() {
            let _ = tell.send(*taken.borrow());
        }
        for handler in mine.borrow_mut().drain(..) {
            window.disconnect(handler);
        }
    });
    handlers.borrow_mut().extend([given, failed, ended]);
}
