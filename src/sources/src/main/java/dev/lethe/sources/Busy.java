package dev.lethe.sources;

import java.io.IOException;
import java.time.Duration;

/** A store that answers that it has too much to do, and may say for how long. */
final class Busy extends IOException {
    private final transient Duration pause;

    Busy(String message, Duration pause) {
        super(message);
        this.pause = pause;
    }

    /** How long the store wants to be left alone; zero where it does not say. */
    Duration pause() {
        return pause;
    }
}
