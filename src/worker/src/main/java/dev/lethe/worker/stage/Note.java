package dev.lethe.worker.stage;

/** What is not an error but worth a look, in the log. */
final class Note {
    private Note() {}

    /** Writes one line. */
    static void say(String note) {
        System.err.println("lethe: note: " + note);
    }
}
