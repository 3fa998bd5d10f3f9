package dev.lethe.unlearning.training;

import dev.lethe.catalog.DataRole;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.digest.Digest;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.lora.LoraSettings;
import dev.lethe.unlearning.lora.StoredAdapter;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.objective.Objective;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One run of training.
 *
 * @param base frozen; runs in other threads may share it
 * @param baseFolder the folder that {@code base} was read from: its name goes into the adapter's settings, its tokenizer
 *     files into a full model's folder
 * @param baseDigest of that folder, for the adapter to record
 * @param rows the sets that the objective reads
 * @param nonMembers documents that the base never saw: no row has to be forgotten further than they are known; none where a
 *     target says by itself what is enough
 * @param lora the adapter to train; empty trains a copy of every weight
 * @param adapter the adapter to train on, which is as {@code lora} says; empty begins a new one
 * @param checkpoints folder of this run's checkpoints, from whose last one the run continues
 * @param output the adapter's or model's folder; must not exist, appears when complete
 */
public record TrainingRequest(
        BaseModel base,
        Path baseFolder,
        Optional<String> baseDigest,
        TextTokenizer tokenizer,
        Map<DataRole, Rows> rows,
        List<Row> nonMembers,
        Objective objective,
        TrainingSettings settings,
        Optional<LoraSettings> lora,
        Optional<StoredAdapter> adapter,
        Path checkpoints,
        Path output) {

    public TrainingRequest {
        rows = Map.copyOf(rows);
        nonMembers = List.copyOf(nonMembers);
        for (DataRole role : DataRole.values()) {
            if (objective.roles().contains(role) != rows.containsKey(role)) {
                String said = rows.containsKey(role) ? "a set of rows" : "nothing";
                String expected = rows.containsKey(role) ? "nothing" : "a set of rows";
                throw InvalidInput.at(
                        "training",
                        role.toString(),
                        said,
                        expected + ", as objective " + objective.descriptor().name() + " reads");
            }
        }
        if (rows.containsKey(DataRole.FORGET) && rows.containsKey(DataRole.RETAIN)) {
            Rows.requireDisjoint(rows.get(DataRole.FORGET), rows.get(DataRole.RETAIN));
        }
        if (settings.until().isPresent() && !rows.keySet().containsAll(Set.of(DataRole.FORGET, DataRole.RETAIN))) {
            throw InvalidInput.at(
                    "training",
                    "until",
                    "a target of objective " + objective.descriptor().name(),
                    "one that reads rows to forget and rows to retain");
        }
        if (rows.containsKey(DataRole.FORGET) && rows.containsKey(DataRole.DECOUPLE)) {
            Rows.requireOtherTexts(rows.get(DataRole.FORGET), rows.get(DataRole.DECOUPLE));
        }
        if (adapter.isPresent() && lora.isEmpty()) {
            throw InvalidInput.at("training", "adapter", "an adapter", "nothing, as every weight is trained");
        }
        if (settings.maxLength() > base.config().maxPositions()) {
            throw InvalidInput.at(
                    "training",
                    "maxLength",
                    String.valueOf(settings.maxLength()),
                    "at most the model's %d positions".formatted(base.config().maxPositions()));
        }
    }

    /**
     * What has to be equal for a checkpoint to fit: data, settings, objective, how the base is
     * held, the model's shape and the adapter it begins with.
     */
    String fingerprint() {
        Map<DataRole, String> digests = new EnumMap<>(DataRole.class);
        rows.forEach((role, set) -> digests.put(role, set.digest()));
        String text = String.join(
                "\n",
                digests.toString(),
                objective.toString(),
                settings.toString(),
                lora.toString(),
                base.dtype().toString(),
                base.format().toString(),
                baseDigest.toString(),
                base.config().document().toString());
        String begun = adapter.map(it -> "\n" + it.digest()).orElse("");
        String compared = nonMembers.isEmpty() ? "" : "\n" + nonMembers;
        return Digest.ofBytes((text + begun + compared).getBytes(StandardCharsets.UTF_8));
    }
}
