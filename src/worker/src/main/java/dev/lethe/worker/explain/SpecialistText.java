package dev.lethe.worker.explain;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.ObjectiveDescriptor;
import dev.lethe.catalog.Option;
import dev.lethe.catalog.Settings;
import dev.lethe.merge.InvalidInput;
import dev.lethe.planner.recipe.ResolvedJob.ResolvedSpecialist;
import dev.lethe.unlearning.training.TrainingSettings;
import dev.lethe.unlearning.training.TrainingTarget;
import dev.lethe.worker.engine.EngineSettings;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a specialist is trained for, and when that ends.
 *
 * @param settings of its objective that are not the objective's own defaults
 * @param sentences about the rest
 */
record SpecialistText(List<String> settings, List<String> sentences) {
    /** @param rows that its training walks through */
    static SpecialistText of(ResolvedSpecialist specialist, int rows) {
        ObjectiveDescriptor objective =
                Catalog.OBJECTIVES.find(specialist.objective().type()).orElseThrow();
        TrainingSettings training = EngineSettings.training(specialist.training());
        List<String> sentences = new ArrayList<>();
        sentences.add("Objective %s. %s".formatted(objective.name(), objective.summary()));
        training.until().ifPresent(target -> sentences.addAll(target(target)));
        sentences.add(length(training, rows));
        Settings settings = Settings.of(
                objective,
                specialist.objective().options(),
                (field, found, expected) -> InvalidInput.at("objective", field, found, expected));
        return new SpecialistText(settings(objective, settings), List.copyOf(sentences));
    }

    /**
     * All of it, without what was said of another.
     *
     * @param other null where nothing was said yet
     * @param name of the other
     */
    String beside(@Nullable SpecialistText other, String name) {
        List<String> own = new ArrayList<>(sentences);
        List<String> set = new ArrayList<>(settings);
        if (other != null && other.sentences.getFirst().equals(sentences.getFirst())) {
            own.removeAll(other.sentences);
            set.removeAll(other.settings);
        }
        boolean less = own.size() + set.size() < sentences.size() + settings.size();
        if (!set.isEmpty()) {
            own.add(less ? 0 : 1, "Set for it: " + String.join("; ", set) + ".");
        }
        if (less) {
            own.add("All else as for " + name + ".");
        }
        return String.join(" ", own);
    }

    /** Words with what they mean. */
    private static List<String> settings(ObjectiveDescriptor objective, Settings settings) {
        return objective.options().stream()
                .filter(option -> settings.values().containsKey(option.name()))
                .filter(option -> !Objects.equals(settings.values().get(option.name()), option.standard()))
                .map(option -> setting(option, settings.values().get(option.name())))
                .toList();
    }

    private static String setting(Option option, Object value) {
        String meaning = option.type() instanceof Option.Choice choice
                ? choice.words().stream()
                        .filter(word -> word.name().equals(value))
                        .map(word -> " (" + word.meaning() + ")")
                        .collect(Collectors.joining())
                : "";
        return option.name() + " " + (value instanceof Number number ? number(number.doubleValue()) : value) + meaning;
    }

    private static List<String> target(TrainingTarget target) {
        return List.of(
                "Every %d steps one forward pass, the right answers given, measures what is remembered."
                        .formatted(target.every()),
                "It ends when of no forget row the model would say more than %s itself, of the tokens that only that row tells."
                        .formatted(percent(target.exactMemorization())),
                "Meanwhile the retain rows' loss may rise by %s nats per token (at the end by half of it), and %s of what the model says of them must stay; beyond"
                                .formatted(number(target.retainLoss()), percent(target.retainExact()))
                        + " that forgetting weighs less, or training goes back to where nothing was lost.");
    }

    private static String length(TrainingSettings training, int rows) {
        int perEpoch = training.stepsPerEpoch(rows);
        String steps = "%d epochs of %d steps over %d rows: %s steps"
                .formatted(
                        training.epochs(),
                        perEpoch,
                        rows,
                        "%,d".formatted((long) training.epochs() * perEpoch).replace(',', ' '));
        return training.until().isPresent()
                ? "The ceiling is " + steps + "."
                : "It takes " + steps + ", whatever comes of it.";
    }

    static String percent(double share) {
        return number(100 * share) + " %";
    }

    static String number(double value) {
        return new DecimalFormat("0.####", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value);
    }
}
