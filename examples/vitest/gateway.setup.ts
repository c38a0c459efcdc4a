import { gatewayEmulatorSetup } from "gateway-emulator/vitest/global-setup";

export default gatewayEmulatorSetup({ seed: "gateway.yaml" });
