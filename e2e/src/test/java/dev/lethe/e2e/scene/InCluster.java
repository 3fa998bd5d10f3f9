package dev.lethe.e2e.scene;

import dev.lethe.e2e.cluster.Cluster;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test a {@link Scene}. After the test, the final status of everything applied there is checked against kstatus'
 * rules and kept in {@code target/resources/TEST/KIND-NAME.yaml}.
 */
public final class InCluster implements ParameterResolver, AfterTestExecutionCallback {
    private static final ExtensionContext.Namespace STORE = ExtensionContext.Namespace.create(InCluster.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return parameter.getParameter().getType() == Scene.class;
    }

    @Override
    public Scene resolveParameter(ParameterContext parameter, ExtensionContext test) {
        return test.getStore(STORE).getOrComputeIfAbsent(Scene.class, type -> Scene.in(Cluster.shared()), Scene.class);
    }

    @Override
    public void afterTestExecution(ExtensionContext test) throws IOException {
        var scene = test.getStore(STORE).get(Scene.class, Scene.class);
        if (scene == null || test.getExecutionException().isPresent()) {
            return;
        }
        var folder = Cluster.home()
                .resolve("e2e/target/resources/" + test.getRequiredTestMethod().getName());
        for (Applied applied : scene.applied()) {
            if (applied.exists()) {
                Kstatus.check(applied);
                Files.createDirectories(folder);
                Files.writeString(folder.resolve(applied.kind() + "-" + applied.name() + ".yaml"), applied.yaml());
            }
        }
    }
}
