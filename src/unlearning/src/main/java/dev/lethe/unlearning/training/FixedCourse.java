package dev.lethe.unlearning.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Optional;

/** A number of epochs that is known before, as published: a function of the settings and the step alone. */
record FixedCourse(MicroBatches batches, LinearSchedule schedule) implements Course {
    static FixedCourse of(TrainingSettings settings, MicroBatches batches) {
        return new FixedCourse(batches, settings.schedule(batches.leadingRows()));
    }

    @Override
    public Next begin() {
        return Next.CONTINUE;
    }

    @Override
    public Step step(int done) {
        return new Step(
                batches.ofStep(done), schedule.rate(done), done / batches.stepsPerEpoch() + 1, Optional.empty());
    }

    @Override
    public Next after(int done) {
        if (done == schedule.steps()) {
            return Next.END;
        }
        return done % batches.stepsPerEpoch() == 0 ? Next.KEEP : Next.CONTINUE;
    }

    @Override
    public int steps() {
        return schedule.steps();
    }

    @Override
    public double epochs(int done) {
        return (double) done / batches.stepsPerEpoch();
    }

    @Override
    public boolean savesAnywhere() {
        return true;
    }

    @Override
    public JsonNode state() {
        return JsonNodeFactory.instance.objectNode();
    }

    @Override
    public void resume(JsonNode state) {}

    @Override
    public void stepBack(JsonNode state) {
        throw new IllegalStateException("a fixed course never goes back");
    }

    @Override
    public Optional<Trajectory> trajectory() {
        return Optional.empty();
    }
}
