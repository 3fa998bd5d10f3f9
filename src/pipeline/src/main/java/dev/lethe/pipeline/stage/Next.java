package dev.lethe.pipeline.stage;

import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.pipeline.Action;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * No attempt is open: another is named. It is created only in the next pass, so that its name is in the status before it
 * exists.
 */
final class Next {
    private Next() {}

    static Optional<Decision> decide(StageSituation s) {
        if (s.attempts().open().isPresent()) {
            return Optional.empty();
        }
        var retry = s.attempts().last().isPresent();
        var identity =
                Objects.requireNonNullElse(s.stage().metadata().uid(), s.stage().name()) + "/"
                        + s.stage().spec();
        // What cannot be told to a worker is better known before anything is created.
        var planned = s.attempts().withNext(s.stage().name(), identity);
        s.files().of(s.stage(), planned.attempts().getLast());
        return Optional.of(new Decision(
                Phase.Pending,
                retry ? Reason.Retrying : Reason.Pending,
                null,
                planned,
                List.of(new Action.WaitUntil(s.now()))));
    }
}
