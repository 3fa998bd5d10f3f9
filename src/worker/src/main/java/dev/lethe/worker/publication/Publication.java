package dev.lethe.worker.publication;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.ModelPublicationSpec;
import dev.lethe.api.resource.Source;
import dev.lethe.api.status.Verdict;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.merge.safetensors.ModelFiles;
import dev.lethe.merge.safetensors.ModelFolder;
import dev.lethe.worker.report.HtmlReport;
import dev.lethe.worker.report.ReportInput.StageFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A model that passed its gates, as it stands at its destination: with a model card ({@code README.md}), the numbers behind it
 * ({@code lethe-evidence.json}) and a report for people ({@code report.html}). None of them counts in the published digest: it is
 * that of the payload, so the destination has the digest that the merge recorded.
 *
 * <p>The folder carries no dates, places or machine names: the same model with the same evidence is the same bytes.
 *
 * @param texts the card, the evidence and the report by file name; what is declared has no report
 */
public record Publication(Path model, Payload payload, SortedMap<String, String> texts) {
    /**
     * Everything that the destination will have, after the numbers were checked against the gates again.
     *
     * @param path where a URI of the spec is in the file system
     * @param name of the model, for its card
     * @throws RefusedInput where a gate was not met, or a digest or a recorded number differs
     * @throws InvalidInput where a digest, the gates or the evidence are missing
     */
    public static Publication of(ModelPublicationSpec spec, Function<String, Path> path, String name) {
        requirePublishable(spec);
        Path model = path.apply(spec.model().uri());
        Payload payload = verified(spec.model(), model);
        Evidence evidence = Evidence.gather(spec, path, payload);
        SortedMap<String, String> texts = new TreeMap<>();
        texts.put(Payload.CARD, ModelCard.text(name, evidence));
        texts.put(Payload.EVIDENCE, Documents.json(evidence));
        if (evidence.verdict() != Verdict.Declared) {
            texts.put(Payload.REPORT, HtmlReport.html(PublishedReport.of(name, evidence, stages(spec, path))));
        }
        return new Publication(model, payload, texts);
    }

    private static List<StageFolder> stages(ModelPublicationSpec spec, Function<String, Path> path) {
        return Objects.requireNonNullElse(spec.evidence(), List.<ModelPublicationSpec.Evidence>of()).stream()
                .map(stage -> StageFolder.of(stage.stage(), stage.kind(), path.apply(stage.uri())))
                .toList();
    }

    /** Whether exactly this is there: an attempt that was interrupted after its last step wrote it. */
    public boolean isAt(Path target) {
        return Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)
                && Payload.payloadFiles(target).equals(payload.files().keySet())
                && Payload.of(target).equals(payload)
                && texts.entrySet().stream().allMatch(text -> holds(target.resolve(text.getKey()), text.getValue()));
    }

    /**
     * Writes it into an empty folder, for a caller that forces it to the disk and gives it its final name.
     *
     * @throws UncheckedIOException where copying fails, as on a full disk
     */
    public void write(Path folder) {
        try {
            for (String file : payload.files().keySet()) {
                Files.copy(model.resolve(file), folder.resolve(file));
            }
            for (var text : texts.entrySet()) {
                Files.writeString(folder.resolve(text.getKey()), text.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        requireEqual(folder);
    }

    /** Reads every copied file back. */
    private void requireEqual(Path folder) {
        Map<String, String> copied = Payload.of(folder).files();
        payload.files().forEach((file, digest) -> {
            String found = Objects.requireNonNullElse(copied.get(file), "nothing");
            if (!found.equals(digest)) {
                throw new UncheckedIOException(new IOException("%s: digest after copying: found %s, expected %s"
                        .formatted(folder.resolve(file), found, digest)));
            }
        });
    }

    private static boolean holds(Path file, String text) {
        try {
            return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    && Arrays.equals(Files.readAllBytes(file), text.getBytes(UTF_8));
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        }
    }

    /** A declared model has neither gates nor evidence; any other must have passed its gates. */
    private static void requirePublishable(ModelPublicationSpec spec) {
        boolean gates = spec.gates() != null && !spec.gates().isEmpty();
        boolean evidence = spec.evidence() != null && !spec.evidence().isEmpty();
        if (spec.verdict() == Verdict.Declared) {
            if (gates || evidence) {
                throw InvalidInput.at(
                        "publication", "verdict", "Declared, with gates or evidence", "Passed, which they are for");
            }
        } else if (spec.verdict() != Verdict.Passed) {
            throw RefusedInput.at("publication", "verdict", spec.verdict().name(), Verdict.Passed.name());
        } else if (!gates || !evidence) {
            throw InvalidInput.at(
                    "publication",
                    gates ? "evidence" : "gates",
                    "nothing",
                    "at least one, as the verdict is Passed; without a measurement it is Declared");
        }
    }

    /** The payload of a readable model folder, whose digest is the one that was named. */
    private static Payload verified(Source source, Path folder) {
        if (source.digest() == null) {
            throw InvalidInput.at(
                    "publication", "model.digest", "nothing", "the digest of the model that was measured");
        }
        Payload payload = Payload.of(folder);
        if (!payload.digest().equals(source.digest())) {
            throw RefusedInput.at(folder.toString(), "digest", payload.digest(), source.digest());
        }
        ModelFolder.open(folder).close(); // refuses pickle files and files that are no weights
        ModelFiles.adapter(folder).stream().findFirst().ifPresent(name -> {
            throw RefusedInput.at(folder.toString(), name, "an adapter beside the model", "a model alone");
        });
        ModelFiles.requireInside(folder, payload.files().keySet());
        return payload;
    }
}
